import { type CryptoKey, SignJWT } from 'jose'

/** Long enough for a slow request between clocks that differ by seconds, short enough to be worthless when found. */
export const ASSERTION_LIFETIME_SECONDS = 60

/** The resource's own client at the issuer. The key cannot be taken out again. */
export interface ClientCredentials {
  readonly id: string
  readonly key: CryptoKey
  readonly algorithm: string
  readonly keyId: string | undefined
}

/**
 * Signs the assertion by which a client authenticates at the token endpoint. Each is good for one request.
 *
 * @param client the client and its private key
 * @param issuer the issuer identifier. It alone is the audience: an assertion that also names an endpoint could be
 *   replayed by whoever serves that endpoint
 * @param now seconds since the epoch
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 RFC 7523 §3}
 */
export function signClientAssertion(client: ClientCredentials, issuer: string, now: number): Promise<string> {
  const issuedAt = Math.floor(now)
  return new SignJWT()
    .setProtectedHeader({ alg: client.algorithm, typ: 'JWT', ...(client.keyId !== undefined && { kid: client.keyId }) })
    .setIssuer(client.id)
    .setSubject(client.id)
    .setAudience(issuer)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ASSERTION_LIFETIME_SECONDS)
    .sign(client.key)
}
