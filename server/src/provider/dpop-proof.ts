import { decodeJwt, type JWTPayload } from 'jose'

/**
 * Algorithms of proofs. Of elliptic curves alone: the key comes with the proof, from anybody, and how long an RSA signature
 * takes to check is up to whoever made the key.
 */
export const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519'] as const

/** Seconds by which a proof may be old, or the clock of a client ahead. A nonce that was handed out lives no longer. */
export const PROOF_AGE_MAX_SECONDS = 300

/** Characters; a UUID has 36. */
const JTI_LENGTH_MAX = 256

/**
 * Judges of a proof what the engine does not, before its signature is looked at: nothing here makes a proof good.
 * @param header value of the header; several headers arrive as one, joined by commas
 * @param rules.now seconds since 1970
 * @returns why it proves nothing, or undefined
 * @see RFC 9449 §4.2, §4.3
 */
export function refuseProof(
  header: string,
  rules: { readonly requireNonce: boolean; readonly now: number },
): string | undefined {
  const claims = readClaims(header)
  if (claims === undefined) return 'there must be one DPoP header, with one JWT'
  const { jti, htu, nonce } = claims
  if (typeof jti !== 'string' || jti === '') return 'jti is missing'
  if (jti.length > JTI_LENGTH_MAX) return `jti is longer than ${JTI_LENGTH_MAX} characters`
  if (typeof htu !== 'string' || /[?#]/.test(htu)) return 'htu must be the address without query and fragment'
  const isFreshByNonce = (nonce !== undefined && nonce !== '') || rules.requireNonce
  return isFreshByNonce ? undefined : refuseTime(claims, rules.now)
}

function refuseTime({ iat }: JWTPayload, now: number): string | undefined {
  if (typeof iat !== 'number') return 'iat is missing'
  return Math.abs(now - iat) <= PROOF_AGE_MAX_SECONDS
    ? undefined
    : 'iat is not recent: check the clock, or send the nonce'
}

function readClaims(header: string): JWTPayload | undefined {
  try {
    return decodeJwt(header)
  } catch {
    return undefined
  }
}

/**
 * Seconds for which a proof that was taken just now would be taken again, were it not remembered.
 * @param now seconds since 1970
 */
export function proofSecondsLeft(proof: { readonly iat: number; readonly hasNonce: boolean }, now: number): number {
  // With a nonce the nonce alone decides; a proof without one may have been made by a clock that is ahead.
  return proof.hasNonce ? PROOF_AGE_MAX_SECONDS : Math.max(0, proof.iat + PROOF_AGE_MAX_SECONDS - now)
}
