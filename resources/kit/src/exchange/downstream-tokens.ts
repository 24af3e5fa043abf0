import type { DownstreamToken } from './downstream-token.ts'
import type { ExchangeTarget } from './exchange-target.ts'
import { createExpiringMap } from './expiring-map.ts'

/** As many as there may be inbound tokens; what falls out is only exchanged again. */
export const MAX_DOWNSTREAM_TOKENS = 5_000

/** A token that is about to expire would do so on its way downstream. */
export const RENEWAL_MARGIN_SECONDS = 10

/** What one exchange brought. */
export interface Exchanged {
  readonly token: DownstreamToken
  /** When the issuer lets the token end, in seconds since the epoch; later than `expiresAt` where the subject ends first. */
  readonly lifetimeEndsAt: number
}

/** Tokens that were exchanged, each asked for once however many calls want it at the same time. */
export interface DownstreamTokens {
  /** The token kept for this access and target, or what `exchange` brings. Failures are not kept. */
  obtain(handle: string, target: ExchangeTarget, exchange: () => Promise<Exchanged>): Promise<DownstreamToken>
  /** What `exchange` brings now, in place of what is kept or under way. */
  renew(handle: string, target: ExchangeTarget, exchange: () => Promise<Exchanged>): Promise<DownstreamToken>
  /** Forgets what was exchanged for an access, also what is still under way. */
  drop(handle: string): void
}

/**
 * Makes the cache of downstream tokens.
 *
 * @param deps the clock, in seconds since the epoch
 */
export function createDownstreamTokens(deps: { readonly clock: () => number }): DownstreamTokens {
  const kept = createExpiringMap<DownstreamToken>(MAX_DOWNSTREAM_TOKENS)
  const underWay = new Map<string, Promise<DownstreamToken>>()

  function start(key: string, exchange: () => Promise<Exchanged>): Promise<DownstreamToken> {
    const running = exchange().then((exchanged) => {
      // Not if it was dropped meanwhile: it may be of before the revocation.
      if (underWay.get(key) === running) kept.set(key, exchanged.token, keepUntil(exchanged), deps.clock())
      return exchanged.token
    })
    underWay.set(key, running)
    const end = (): void => {
      if (underWay.get(key) === running) underWay.delete(key)
    }
    running.then(end, end)
    return running
  }

  return {
    obtain: async (handle, target, exchange) => {
      const key = keyOf(handle, target)
      return kept.get(key, deps.clock()) ?? underWay.get(key) ?? start(key, exchange)
    },
    renew: async (handle, target, exchange) => start(keyOf(handle, target), exchange),
    drop: (handle) => {
      const isOfHandle = (key: string): boolean => key.startsWith(`${handle} `)
      kept.deleteWhere(isOfHandle)
      for (const key of underWay.keys()) if (isOfHandle(key)) underWay.delete(key)
    },
  }
}

// A token that ends with the subject cannot be had longer: another exchange would bring the same end.
function keepUntil({ token, lifetimeEndsAt }: Exchanged): number {
  return token.expiresAt < lifetimeEndsAt ? token.expiresAt : lifetimeEndsAt - RENEWAL_MARGIN_SECONDS
}

// Neither handles, nor identifiers, nor scopes have spaces, so no two keys are spelled alike.
function keyOf(handle: string, { resource, scopes }: ExchangeTarget): string {
  return [handle, resource, ...(scopes ?? [])].join(' ')
}
