import type { JWK } from 'jose'

/** A private key that was found fit to sign client assertions. */
export interface ClientKey {
  readonly jwk: JWK
  readonly algorithm: string
  /** Names the key to the issuer. */
  readonly keyId: string | undefined
}

export type JudgedClientKey =
  | { readonly ok: true; readonly key: ClientKey }
  | { readonly ok: false; readonly problem: string }

const RSA_ALGORITHMS = ['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']

/** What each kind of key can sign with; where there is one, the key need not say. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
  RSA: RSA_ALGORITHMS,
}

/**
 * Judges whether a value is a private key that can sign client assertions. The problem never holds key material.
 *
 * @param value what was given as key, parsed
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517 RFC 7517}
 */
export function judgeClientKey(value: unknown): JudgedClientKey {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('is not a JSON Web Key')
  const jwk: Record<string, unknown> = { ...value }
  return judgeKind(jwk) ?? judgeAlgorithm(jwk)
}

function judgeKind(jwk: Readonly<Record<string, unknown>>): JudgedClientKey | undefined {
  if (jwk.keys !== undefined) return refuse('is a key set: give the one private key in it')
  if (jwk.kty === 'oct')
    return refuse('is a shared secret (kty "oct"): private_key_jwt needs a key pair, EC P-256 at best')
  if (typeof jwk.kty !== 'string') return refuse('is not a JSON Web Key: it has no kty')
  if (jwk.d === undefined) {
    return refuse('is a public key: give the private one (it has a member "d"); the public one is for the issuer')
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') return refuse('is not for signing (use)')
  const operations: unknown = jwk.key_ops
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('sign'))) {
    return refuse('is not for signing (key_ops)')
  }
  return undefined
}

function judgeAlgorithm(jwk: Readonly<Record<string, unknown>>): JudgedClientKey {
  const kind = jwk.kty === 'RSA' ? 'RSA' : `${jwk.kty} ${jwk.crv}`
  const algorithms = ALGORITHMS[kind]
  if (algorithms === undefined) return refuse(`is a ${kind} key: use EC P-256, P-384, P-521, OKP Ed25519 or RSA`)
  // RSA signs in six ways, and the issuer accepts the one that was registered.
  if (jwk.alg === undefined && kind === 'RSA')
    return refuse(`is an RSA key that does not say its alg: add "alg": "PS256"`)
  const algorithm = jwk.alg ?? algorithms[0]
  if (typeof algorithm !== 'string' || !algorithms.includes(algorithm)) {
    return refuse(`says alg ${JSON.stringify(jwk.alg)}, which a ${kind} key cannot sign with`)
  }
  const keyId = typeof jwk.kid === 'string' ? jwk.kid : undefined
  return { ok: true, key: { jwk: { ...jwk, kty: String(jwk.kty) }, algorithm, keyId } }
}

function refuse(problem: string): JudgedClientKey {
  return { ok: false, problem }
}
