import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { RESOURCE } from './test-issuer.ts'

/** A client's key, and proofs by it. */
export interface Prover {
  readonly thumbprint: string
  readonly publicJwk: JWK
  readonly privateJwk: JWK
  /** A proof for a POST with this token; claims and header are merged over good ones, `undefined` takes one away. */
  prove(
    token: string,
    claims?: Record<string, unknown>,
    header?: Record<string, unknown>,
    key?: CryptoKey,
  ): Promise<string>
}

/** @param clock seconds since the epoch */
export async function createProver(clock: () => number, alg = 'ES256'): Promise<Prover> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  return {
    publicJwk,
    privateJwk: await exportJWK(privateKey),
    thumbprint: await calculateJwkThumbprint(publicJwk),
    async prove(token, claims, header, key = privateKey) {
      const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token)))
      const good = {
        htm: 'POST',
        htu: RESOURCE,
        iat: clock(),
        jti: crypto.randomUUID(),
        ath: digest.toString('base64url'),
      }
      return new SignJWT({ ...good, ...claims })
        .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: publicJwk, ...header })
        .sign(key)
    },
  }
}
