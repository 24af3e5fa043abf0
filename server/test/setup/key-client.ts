import { randomUUID } from 'node:crypto'
import { exportJWK, type GenerateKeyPairOptions, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose'
import type { ClientSettings } from '../../src/config/settings.ts'
import type { TestServer } from './authorization-server.ts'

/** A client that signs in by key, from its own side. */
export interface KeyClient {
  readonly id: string
  readonly alg: string
  readonly jwks: NonNullable<ClientSettings['jwks']>
  readonly privateKey: CryptoKey
}

export async function createKeyClient(
  id: string,
  alg = 'ES256',
  options: GenerateKeyPairOptions = {},
): Promise<KeyClient> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options })
  const { kty = '', ...rest } = await exportJWK(publicKey)
  const members = Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return {
    id,
    alg,
    privateKey,
    jwks: { keys: [{ kty, ...Object.fromEntries(members), kid: `${id}-key`, use: 'sig' }] },
  }
}

/** The assertion such a client sends; `undefined` leaves a claim out. Numbers of `exp`, `iat` and `nbf` count from now. */
export async function signAssertion(
  server: Pick<TestServer, 'issuer'>,
  client: KeyClient,
  { claims = {}, header = {} }: { claims?: Record<string, unknown>; header?: Partial<JWTHeaderParameters> } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const all = { iss: client.id, sub: client.id, aud: server.issuer, jti: randomUUID(), exp: 60, iat: 0, ...claims }
  const entries = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === 'number' && TIMES.includes(name) ? now + value : value])
  return new SignJWT(Object.fromEntries(entries))
    .setProtectedHeader({
      alg: client.alg,
      ...(client.jwks.keys[0]?.kid ? { kid: client.jwks.keys[0].kid } : {}),
      ...header,
    })
    .sign(client.privateKey)
}

const TIMES = ['exp', 'iat', 'nbf']

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The parameters that prove the client. */
export async function proofOf(...signing: Parameters<typeof signAssertion>): Promise<Record<string, string>> {
  return { client_assertion: await signAssertion(...signing), client_assertion_type: ASSERTION_TYPE }
}
