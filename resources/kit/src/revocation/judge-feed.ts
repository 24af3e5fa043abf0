import type { JWSHeaderParameters } from 'jose'
import { EXPIRY_SKEW_SECONDS, FUTURE_SKEW_SECONDS } from '../token/judge-claims.ts'

/** A feed says nothing of what happened after it was signed, so that an old one must not be believed. */
export const FEED_MAX_AGE_SECONDS = 60

const FEED_TYPE = 'sallyport-revocations+jwt'

/** What a feed says, once it can be believed. */
export interface Feed {
  /** Ids of grants that have ended. */
  readonly revoked: ReadonlySet<string>
  /** By the id of a grant that goes on, the scopes that its tokens may still name and that were taken back. */
  readonly narrowed: ReadonlyMap<string, readonly string[]>
  /** Seconds since the epoch, by the clock of the issuer. */
  readonly issuedAt: number
}

export type JudgedFeed = { readonly ok: true; readonly feed: Feed } | { readonly ok: false; readonly detail: string }

/** Whether a header is that of a feed: no token of the same issuer can be taken for one. */
export function isFeedHeader({ typ }: JWSHeaderParameters): boolean {
  return typ === FEED_TYPE
}

/**
 * Judges the claims of a feed whose signature holds.
 *
 * @param claims the decoded payload
 * @param expected issuer and resource, byte for byte; when the last one that was believed was issued; the time in seconds
 */
export function judgeFeed(
  claims: Readonly<Record<string, unknown>>,
  expected: {
    readonly issuer: string
    readonly resource: string
    readonly lastIssuedAt: number | undefined
    readonly now: number
  },
): JudgedFeed {
  const { iss, aud, iat, exp, revoked, narrowed = {} } = claims
  if (iss !== expected.issuer) return refuse(`iss is ${JSON.stringify(iss)}`)
  if (aud !== expected.resource) return refuse(`aud is ${JSON.stringify(aud)}`)
  if (!isSeconds(iat) || !isSeconds(exp)) return refuse('iat or exp is no number')
  if (exp - iat > FEED_MAX_AGE_SECONDS) return refuse(`it claims to be good for ${exp - iat} seconds`)
  if (exp + EXPIRY_SKEW_SECONDS <= expected.now) return refuse('it is too old')
  if (iat > expected.now + FUTURE_SKEW_SECONDS) return refuse('it is from the future')
  // Whoever answers in the issuer's place could repeat an older one, in which something is not yet revoked.
  if (expected.lastIssuedAt !== undefined && iat < expected.lastIssuedAt) return refuse('it is older than the last one')
  if (!isListOfNames(revoked)) return refuse('revoked is no list of ids')
  const takenBack = readNarrowed(narrowed)
  if (takenBack === undefined) return refuse('narrowed is no list of scopes by id')
  return { ok: true, feed: { revoked: new Set(revoked), narrowed: takenBack, issuedAt: iat } }
}

function readNarrowed(narrowed: unknown): ReadonlyMap<string, readonly string[]> | undefined {
  if (typeof narrowed !== 'object' || narrowed === null || Array.isArray(narrowed)) return undefined
  const entries: [string, unknown][] = Object.entries(narrowed)
  const lists = entries.filter((entry): entry is [string, readonly string[]] => isListOfNames(entry[1]))
  return lists.length === entries.length ? new Map(lists) : undefined
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function refuse(detail: string): JudgedFeed {
  return { ok: false, detail }
}
