import { randomUUID } from 'node:crypto'
import {
  calculateJwkThumbprint,
  exportJWK,
  type GenerateKeyPairOptions,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose'
import type { TestServer } from './authorization-server.ts'

/** A key that a client binds its tokens to, from the client's side. */
export interface ProofKey {
  readonly alg: string
  readonly jwk: JWK
  readonly privateKey: CryptoKey
  readonly thumbprint: string
}

export async function createProofKey(alg = 'ES256', options: GenerateKeyPairOptions = {}): Promise<ProofKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options })
  const jwk = await exportJWK(publicKey)
  return { alg, jwk, privateKey, thumbprint: await calculateJwkThumbprint(jwk) }
}

export interface ProofChanges {
  /** `undefined` leaves a claim out. */
  readonly claims?: Record<string, unknown>
  readonly header?: Partial<JWTHeaderParameters> & { jwk?: unknown }
}

/** A proof for a request to the token endpoint, or to `path`. `iat` counts from now. */
export async function signProof(
  server: Pick<TestServer, 'issuer'>,
  key: ProofKey,
  { claims = {}, header = {} }: ProofChanges = {},
  path = '/token',
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const all = { htm: 'POST', htu: server.issuer + path, jti: randomUUID(), iat: 0, ...claims }
  const entries = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, name === 'iat' && typeof value === 'number' ? now + value : value])
  return new SignJWT(Object.fromEntries(entries))
    .setProtectedHeader({ alg: key.alg, typ: 'dpop+jwt', jwk: key.jwk, ...header } as JWTHeaderParameters)
    .sign(key.privateKey)
}

/** The header that shows the key. */
export async function showing(...signing: Parameters<typeof signProof>): Promise<{ DPoP: string }> {
  return { DPoP: await signProof(...signing) }
}
