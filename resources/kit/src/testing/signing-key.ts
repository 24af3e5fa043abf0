import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

/** A key pair of one test issuer. The private part cannot be exported, so it ends with the process. */
export interface SigningKey {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
}

/** @param kid the key id that tokens and key set name */
export async function generateSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: false })
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }
  return { privateKey, publicKey, publicJwk }
}

/**
 * Signs an access token.
 *
 * @param payload its claims, complete
 * @param key the key of the issuer
 * @param header merged over `alg`, `typ` and `kid`
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2 RFC 9068 §2}
 */
export function signAccessToken(
  payload: JWTPayload,
  key: SigningKey,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(key.publicJwk.kid), ...header })
    .sign(key.privateKey)
}
