import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

/** A key pair that a client signs in with (private_key_jwt). */
export interface ClientKey {
  /** With `kid` and `alg`; goes to the client's own machine and is kept nowhere else. */
  readonly privateJwk: Readonly<Record<string, string>>
  readonly publicJwk: Readonly<Record<string, string>>
}

const ALGORITHM = 'ES256'

/** Makes a key pair; its `kid` is the thumbprint, so that the same key has one name everywhere. @see RFC 7638 */
export async function generateClientKey(): Promise<ClientKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return clientKeyOf({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM })
}

/**
 * Both halves of a key pair from its private one, as it was read back from a file.
 * @throws TypeError when it is not a private key of the kind `generateClientKey` makes
 */
export function clientKeyOf(jwk: JWK): ClientKey {
  const { kty, crv, x, y, d, kid, alg } = jwk
  if (kty !== 'EC' || crv === undefined || x === undefined || y === undefined || d === undefined || kid === undefined) {
    throw new TypeError('the key of a client is a private JSON Web Key of type EC with a kid')
  }
  const publicJwk = { kty, crv, x, y, kid, alg: alg ?? ALGORITHM, use: 'sig' }
  return { publicJwk, privateJwk: { ...publicJwk, d } }
}
