import { compactVerify, decodeProtectedHeader, type JWSHeaderParameters } from 'jose'
import { ALLOWED_ALGORITHMS } from '../algorithms.ts'
import { describeFetchError, readCapped } from '../issuer/answer-body.ts'
import { isSecureUrl } from '../issuer/issuer-metadata.ts'
import type { IssuerSource } from '../issuer/issuer-source.ts'
import type { GuardLog } from '../protect-options.ts'
import type { GrantState } from '../token/verify-access-token.ts'
import { FEED_MAX_AGE_SECONDS, type Feed, isFeedHeader, judgeFeed } from './judge-feed.ts'

/** The feed is asked for again after this, when a request comes: how long a revoked token may still be taken. */
export const FEED_FRESH_SECONDS = 2
/** While the feed cannot be had it is asked for this often, and each attempt makes a request wait. */
export const FEED_RETRY_SECONDS = 1
const FEED_TIMEOUT_SECONDS = 2
/** Twenty thousand grants ended within an hour. */
const MAX_FEED_BYTES = 1_048_576

export interface RevocationFeed {
  /** @param grantId `gid` of a token that was verified; undefined for a token without one, which no feed can name */
  stateOf(grantId: string | undefined): Promise<GrantState>
  /** Tells the operator where the issuer names no feed: before the first request, where somebody waits for the start. */
  announce(): Promise<void>
}

/**
 * Makes the reader of one resource's feed. Nothing runs in the background: the first request after `FEED_FRESH_SECONDS` asks,
 * and all that come meanwhile wait for the same answer.
 *
 * @param deps issuer and resource; its metadata and keys; fetch and clock (seconds since the epoch); where trouble is told
 */
export function createRevocationFeed(deps: {
  readonly issuer: string
  readonly resource: string
  readonly source: IssuerSource
  readonly fetch: typeof fetch
  readonly clock: () => number
  readonly log: GuardLog
}): RevocationFeed {
  let feed: Feed | undefined
  let fetchedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let inFlight: Promise<void> | undefined
  let wasTold = false

  const load = async (url: string): Promise<void> => {
    triedAt = deps.clock()
    const read = await readFeed(url, feed?.issuedAt, deps)
    if (typeof read === 'string') return deps.log({ code: 'SALLYPORT_E_REVOCATIONS_UNAVAILABLE', detail: read })
    feed = read
    // From when it was asked for: it is no younger than that.
    fetchedAt = triedAt
  }

  const refresh = (url: string): Promise<void> => {
    inFlight ??= load(url).finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  const addressOf = async (): Promise<string | undefined> => {
    const metadata = await deps.source.metadata()
    const url = feedAddress(metadata?.document.resource_revocations_uri_template, deps)
    if (metadata !== undefined && url === undefined && !wasTold) {
      wasTold = true
      const detail = `${deps.issuer} names no feed of revocations: tokens count until they expire`
      deps.log({ code: 'SALLYPORT_E_NO_REVOCATIONS', detail })
    }
    return url
  }

  return {
    async announce() {
      await addressOf()
    },
    async stateOf(grantId) {
      const url = await addressOf()
      if (url === undefined) return { standing: 'live', takenBack: [] }
      const now = deps.clock()
      if (now - fetchedAt >= FEED_FRESH_SECONDS && now - triedAt >= FEED_RETRY_SECONDS) await refresh(url)
      else if (inFlight !== undefined && feed === undefined) await inFlight
      const isYoung = deps.clock() - fetchedAt <= FEED_MAX_AGE_SECONDS
      return stateIn(feed, grantId, isYoung)
    },
  }
}

function stateIn(feed: Feed | undefined, grantId: string | undefined, isYoung: boolean): GrantState {
  const standing = isYoung ? 'live' : 'unknown'
  if (feed === undefined || grantId === undefined) return { standing, takenBack: [] }
  if (feed.revoked.has(grantId)) return { standing: 'revoked', takenBack: [] }
  return { standing, takenBack: feed.narrowed.get(grantId) ?? [] }
}

/** The template of the issuer's metadata, filled in. */
function feedAddress(
  template: unknown,
  { issuer, resource }: { readonly issuer: string; readonly resource: string },
): string | undefined {
  if (typeof template !== 'string') return undefined
  const url = template.replace('{resource}', encodeURIComponent(resource))
  // Elsewhere it would be somebody else's word about this issuer's grants, however it is signed.
  return isSecureUrl(url) && new URL(url).origin === new URL(issuer).origin ? url : undefined
}

type FeedDeps = Parameters<typeof createRevocationFeed>[0]

/** @returns the feed, or why there is none to be believed */
async function readFeed(url: string, lastIssuedAt: number | undefined, deps: FeedDeps): Promise<Feed | string> {
  const text = await fetchFeed(url, deps.fetch)
  if (typeof text !== 'object') return text
  const verified = await verifyFeed(text.jws, deps.source)
  if (typeof verified === 'string') return `${url}: ${verified}`
  const { issuer, resource, clock } = deps
  const judged = judgeFeed(verified, { issuer, resource, lastIssuedAt, now: clock() })
  return judged.ok ? judged.feed : `${url}: ${judged.detail}`
}

async function fetchFeed(url: string, fetchFunction: typeof fetch): Promise<{ readonly jws: string } | string> {
  try {
    const signal = AbortSignal.timeout(FEED_TIMEOUT_SECONDS * 1000)
    const response = await fetchFunction(url, { headers: { accept: 'application/jwt' }, redirect: 'manual', signal })
    if (response.status !== 200) {
      await response.body?.cancel()
      return `${url} answered ${response.status}`
    }
    const jws = await readCapped(response, MAX_FEED_BYTES)
    return jws === undefined ? `${url} is larger than ${MAX_FEED_BYTES} bytes` : { jws: jws.trim() }
  } catch (error) {
    return `${url}: ${describeFetchError(error)}`
  }
}

async function verifyFeed(jws: string, source: IssuerSource): Promise<Readonly<Record<string, unknown>> | string> {
  const header = headerOf(jws)
  if (header === undefined || !isFeedHeader(header)) return 'it is no feed of revocations'
  const found = await source.findKey(header)
  if (!found.ok) return found.detail
  try {
    const { payload } = await compactVerify(jws, found.key, { algorithms: [...ALLOWED_ALGORITHMS] })
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? { ...claims } : 'it is no object'
  } catch {
    // Signature, encoding or JSON: it came over the network, and is not to be believed in any of the three cases.
    return 'its signature does not hold'
  }
}

function headerOf(jws: string): JWSHeaderParameters | undefined {
  try {
    return decodeProtectedHeader(jws)
  } catch {
    return undefined
  }
}
