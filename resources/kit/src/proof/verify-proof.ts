import { base64url, calculateJwkThumbprint, compactVerify, decodeProtectedHeader, EmbeddedJWK } from 'jose'
import { ALLOWED_ALGORITHMS } from '../algorithms.ts'
import { createExpiringMap } from '../exchange/expiring-map.ts'
import { judgeProofClaims, judgeProofHeader, PROOF_SKEW_SECONDS } from './judge-proof.ts'

/** A proof with an RSA key of 4096 bits has less than half of this. */
export const MAX_PROOF_LENGTH = 4_096

/** Proofs of ten minutes at 80 calls a second, some megabytes; beyond that the oldest could be presented again. */
const MAX_REMEMBERED = 50_000

/** A proof with the request and the token that it came with. */
export interface PresentedProof {
  /** The value of the header, several joined by comma. */
  readonly proof: string
  readonly method: string
  readonly token: string
}

export type VerifiedProof =
  | { readonly ok: true /** Of the key, as RFC 7638 has it. */; readonly thumbprint: string }
  | { readonly ok: false; readonly detail: string }

export type VerifyProof = (presented: PresentedProof) => Promise<VerifiedProof>

/**
 * Makes the function that verifies proofs of one resource. Each is taken once in this process.
 *
 * @param deps the canonical resource identifier; seconds since the epoch
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449 §4.3}
 */
export function createProofVerifier(deps: { readonly resource: string; readonly clock: () => number }): VerifyProof {
  const seen = createExpiringMap<true>(MAX_REMEMBERED)
  return async ({ proof, method, token }) => {
    if (proof.length > MAX_PROOF_LENGTH) return { ok: false, detail: `${proof.length} characters` }
    const verified = await verifySignature(proof)
    if (typeof verified === 'string') return { ok: false, detail: verified }
    const expected = { method, resource: deps.resource, tokenHash: await hashOf(token) }
    const now = deps.clock()
    const judged = judgeProofClaims(verified.payload, expected, now)
    if (!judged.ok) return judged
    const { thumbprint } = verified
    const key = `${thumbprint} ${judged.id}`
    // Looked up and noted without waiting in between: of several requests with one proof, one is the first.
    if (seen.get(key, now) !== undefined) return { ok: false, detail: 'it was presented before' }
    seen.set(key, true, judged.issuedAt + PROOF_SKEW_SECONDS + 1, now)
    return { ok: true, thumbprint }
  }
}

type Signed = { readonly payload: Readonly<Record<string, unknown>>; readonly thumbprint: string }

async function verifySignature(proof: string): Promise<Signed | string> {
  try {
    const header = decodeProtectedHeader(proof)
    const refusal = judgeProofHeader({ ...header })
    if (refusal !== undefined) return refusal
    const { payload, protectedHeader } = await compactVerify(proof, EmbeddedJWK, {
      algorithms: [...ALLOWED_ALGORITHMS],
    })
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    if (typeof claims !== 'object' || claims === null) return 'its payload is no object'
    return { payload: { ...claims }, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk ?? {}) }
  } catch {
    // Whatever is wrong with it, it came from outside.
    return 'it is no JWT whose signature holds'
  }
}

async function hashOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return base64url.encode(new Uint8Array(digest))
}
