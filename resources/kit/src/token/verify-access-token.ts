import { compactVerify, decodeProtectedHeader, type JWSHeaderParameters } from 'jose'
import { JOSEError } from 'jose/errors'
import { type Access, handleOf } from '../access.ts'
import { ALLOWED_ALGORITHMS } from '../algorithms.ts'
import type { IssuerSource } from '../issuer/issuer-source.ts'
import type { VerifyProof } from '../proof/verify-proof.ts'
import type { TokenScheme } from './credentials.ts'
import { type ClaimsExpectation, judgeClaims } from './judge-claims.ts'
import { judgeHeader } from './judge-header.ts'
import type { TokenRefusal } from './token-refusal.ts'

/** Half of what Node takes for all headers together; an access token has about 1 kB. */
export const MAX_TOKEN_LENGTH = 8_192

/**
 * What the issuer says of a grant: `live`, `revoked`, or `unknown` while it names a feed of revocations and none that is young
 * enough can be had.
 */
type GrantStanding = 'live' | 'revoked' | 'unknown'

export interface GrantState {
  readonly standing: GrantStanding
  /** Scopes that were taken back: a token that names them was made before. */
  readonly takenBack: readonly string[]
}

export type VerifiedToken =
  /** `isKnownLive` is false while the issuer's word on revocations is too old: what only reads may go on. */
  | { readonly kind: 'verified'; readonly access: Access; readonly isKnownLive: boolean }
  | { readonly kind: 'refused'; readonly refusal: TokenRefusal }
  /** The keys cannot be had: nobody can tell whether the token is good. */
  | { readonly kind: 'unavailable'; readonly detail: string }

/** A token as it came, and what came with it. */
export interface PresentedToken {
  readonly token: string
  readonly scheme: TokenScheme
  /** The DPoP header, several joined by comma; null for none. */
  readonly proof: string | null
  /** Of the request. */
  readonly method: string
}

/**
 * Verifies an access token: header, key, signature, claims, whether its grant was taken back, and who holds its key, in this
 * order. A proof is used up by it, and only with a token that is good.
 *
 * @param presented the token as it came
 * @param deps the issuer's keys, what to expect, and the time in seconds since the epoch
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.2 RFC 9449 §7.2}
 */
export async function verifyAccessToken(
  presented: PresentedToken,
  deps: {
    readonly source: IssuerSource
    readonly expected: ClaimsExpectation
    readonly revocations: { stateOf(grantId: string | undefined): Promise<GrantState> }
    readonly verifyProof: VerifyProof
    readonly now: number
  },
): Promise<VerifiedToken> {
  const { token } = presented
  if (token.length > MAX_TOKEN_LENGTH) return refused({ reason: 'too-large', detail: `${token.length} characters` })
  const header = readHeader(token)
  if (header === undefined) return refused({ reason: 'not-a-jwt', detail: 'the header cannot be read' })
  const headerRefusal = judgeHeader({ ...header }, deps.expected)
  if (headerRefusal !== undefined) return refused(headerRefusal)

  const found = await deps.source.findKey(header)
  if (!found.ok && found.reason === 'unavailable') return { kind: 'unavailable', detail: found.detail }
  if (!found.ok) return refused({ reason: 'unknown-key', detail: found.detail })

  const payload = await verifySignature(token, found.key)
  if (payload === undefined) return refused({ reason: 'signature', detail: 'the signature does not hold' })
  const claims = readClaims(payload)
  if (claims === undefined) return refused({ reason: 'not-a-jwt', detail: 'the payload is not a JSON object' })
  const judged = judgeClaims(claims, deps.expected, deps.now)
  if (!judged.ok) return refused(judged.refusal)
  const { standing, takenBack } = await deps.revocations.stateOf(judged.access.grantId)
  if (standing === 'revoked') return refused({ reason: 'revoked', detail: `grant ${judged.access.grantId} has ended` })
  const proofRefusal = await judgeHolder(presented, judged.access.keyThumbprint, deps.verifyProof)
  if (proofRefusal !== undefined) return refused(proofRefusal)
  const scopes = judged.access.scopes.filter((scope) => !takenBack.includes(scope))
  const access = { ...judged.access, scopes, handle: await handleOf(token) }
  return { kind: 'verified', access, isKnownLive: standing === 'live' }
}

/** Whether whoever sent the token holds the key it is bound to; a token that is bound to none comes as a bearer token. */
async function judgeHolder(
  { token, scheme, proof, method }: PresentedToken,
  boundTo: string | undefined,
  verifyProof: VerifyProof,
): Promise<TokenRefusal | undefined> {
  if (boundTo === undefined) {
    return scheme === 'Bearer' ? undefined : { reason: 'sender-constrained', detail: 'a bearer token came as DPoP' }
  }
  // RFC 9449 §7.2: what was stolen would be taken without its key.
  if (scheme === 'Bearer') return { reason: 'sender-constrained', detail: 'a bound token came as a bearer token' }
  if (proof === null) return { reason: 'proof', detail: 'there is no proof' }
  const verified = await verifyProof({ proof, method, token })
  if (!verified.ok) return { reason: 'proof', detail: verified.detail }
  if (verified.thumbprint === boundTo) return undefined
  return { reason: 'sender-constrained', detail: `bound to key ${boundTo}, shown was ${verified.thumbprint}` }
}

function refused(refusal: TokenRefusal): VerifiedToken {
  return { kind: 'refused', refusal }
}

function readHeader(token: string): JWSHeaderParameters | undefined {
  try {
    return decodeProtectedHeader(token)
  } catch {
    // Whatever is wrong with it, it came from outside and is no token.
    return undefined
  }
}

async function verifySignature(
  token: string,
  key: Parameters<typeof compactVerify>[1],
): Promise<Uint8Array | undefined> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [...ALLOWED_ALGORITHMS] })
    return payload
  } catch (error) {
    if (error instanceof JOSEError || error instanceof TypeError) return undefined
    throw error
  }
}

function readClaims(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? { ...claims } : undefined
  } catch {
    return undefined
  }
}
