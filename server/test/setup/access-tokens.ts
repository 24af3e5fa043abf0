import { decodeJwt, importJWK, type JWTHeaderParameters, SignJWT } from 'jose'
import { secret } from '../../src/config/secret.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import { loadSigningKeys } from '../../src/keys/signing-keys.ts'
import type { TestServer, TestServerOptions } from './authorization-server.ts'
import { query } from './state.ts'

const OWNER = { id: 'resource-demo', secret: 'owner-of-the-demo-0123456789abcdef' }
const STRANGER = { id: 'resource-other', secret: 'owner-of-another-0123456789abcdef' }

type Credentials = typeof OWNER

/** Two confidential clients; the first is to own the resource under test, the second owns nothing. */
export const CONFIDENTIAL = { owner: OWNER, stranger: STRANGER }

/** Settings of a server with both. */
export const WITH_CONFIDENTIAL_CLIENTS = {
  settings: {
    clients: [OWNER, STRANGER].map((client) => ({
      id: client.id,
      name: client.id,
      redirectUris: ['https://portal.example/cb'],
      secret: secret(client.secret),
    })),
  },
} satisfies TestServerOptions

/** Makes `owner` the resource's own client. */
export async function giveResource(server: TestServer, owner: string): Promise<void> {
  await query(server, `UPDATE resources SET owner_client_id = $1 WHERE id = 'demo'`, [owner])
}

export function basic({ id, secret: value }: Credentials): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${id}:${value}`).toString('base64')}` }
}

/** A form posted to an endpoint of the server. */
export async function postForm(
  server: TestServer,
  path: string,
  form: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(server.origin + path, { method: 'POST', headers, body: new URLSearchParams(form) })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export interface Changes {
  readonly claims?: Record<string, unknown>
  readonly header?: Partial<JWTHeaderParameters>
}

/** The same access token, changed and signed again by the issuer's own key: what nobody but the issuer could have made. */
export async function signAgain(server: TestServer, token: string, { claims, header }: Changes): Promise<string> {
  const { signingAlgorithm: algorithm, encryptionKeys } = server.settings
  const keys = await loadSigningKeys({
    table: server.store.signingKeys,
    sealer: createSealer(encryptionKeys),
    algorithm,
  })
  const [jwk] = keys.jwks.keys
  if (jwk?.kid === undefined) throw new Error('the server has no signing key')
  return new SignJWT({ ...decodeJwt(token), ...claims })
    .setProtectedHeader({ alg: algorithm, kid: jwk.kid, typ: 'at+jwt', ...header })
    .sign(await importJWK(jwk, algorithm))
}
