import { compactVerify, decodeProtectedHeader, type JWSHeaderParameters } from 'jose'
import { JOSEError } from 'jose/errors'
import { type Access, handleOf } from '../access.ts'
import type { IssuerSource } from '../issuer/issuer-source.ts'
import { type ClaimsExpectation, judgeClaims } from './judge-claims.ts'
import { ALLOWED_ALGORITHMS, judgeHeader } from './judge-header.ts'
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

/**
 * Verifies an access token: header, key, signature, claims, and whether its grant was taken back, in this order.
 *
 * @param token the token as it came
 * @param deps the issuer's keys, what to expect, and the time in seconds since the epoch
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
export async function verifyAccessToken(
  token: string,
  deps: {
    readonly source: IssuerSource
    readonly expected: ClaimsExpectation
    readonly revocations: { stateOf(grantId: string | undefined): Promise<GrantState> }
    readonly now: number
  },
): Promise<VerifiedToken> {
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
  const scopes = judged.access.scopes.filter((scope) => !takenBack.includes(scope))
  const access = { ...judged.access, scopes, handle: await handleOf(token) }
  return { kind: 'verified', access, isKnownLive: standing === 'live' }
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
