import { randomUUID } from 'node:crypto'
import { type CryptoKey, importJWK, SignJWT } from 'jose'
import type { Header } from '../wire/message.ts'
import type { OAuthClient } from './authorization-server.ts'
import type { Parameters } from './parameters.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ASSERTION_SECONDS = 60

/** Changes to a client assertion; a member that is undefined is left out. */
export interface AssertionChange {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

/** How a client shows who it is: by a header or by parameters. */
export interface ClientProof {
  readonly headers: readonly Header[]
  readonly parameters: Parameters
}

/**
 * @param audience of an assertion: the issuer
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-2.2
 */
export async function proveClient(
  { clientId, authentication }: OAuthClient,
  audience: string,
  change: AssertionChange = {},
): Promise<ClientProof> {
  switch (authentication.method) {
    case 'none':
      return { headers: [], parameters: { client_id: clientId } }
    case 'client_secret_post':
      return { headers: [], parameters: { client_id: clientId, client_secret: authentication.secret } }
    case 'client_secret_basic': {
      const credentials = Buffer.from(`${formEncoded(clientId)}:${formEncoded(authentication.secret)}`).toString(
        'base64',
      )
      return { headers: [['authorization', `Basic ${credentials}`]], parameters: {} }
    }
    case 'private_key_jwt': {
      const assertion = await signAssertion(clientId, authentication.key, audience, change)
      return {
        headers: [],
        parameters: { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
      }
    }
    default:
      return authentication satisfies never
  }
}

async function signAssertion(
  clientId: string,
  key: JsonWebKey & { readonly kid?: string },
  audience: string,
  { claims, header }: AssertionChange,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    iat: now,
    exp: now + ASSERTION_SECONDS,
    jti: randomUUID(),
    ...claims,
  }
  const alg = algorithmOf(key)
  const protectedHeader = { alg, ...(key.kid === undefined ? {} : { kid: key.kid }), ...header }
  return new SignJWT(payload).setProtectedHeader(protectedHeader).sign((await importJWK({ ...key }, alg)) as CryptoKey)
}

function algorithmOf({ alg, kty, crv }: JsonWebKey): string {
  if (alg !== undefined) return alg
  if (kty === 'RSA') return 'RS256'
  if (kty === 'OKP') return 'EdDSA'
  return crv === 'P-384' ? 'ES384' : crv === 'P-521' ? 'ES512' : 'ES256'
}

/** RFC 6749 §2.3.1 wants both parts encoded as a form would, before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
