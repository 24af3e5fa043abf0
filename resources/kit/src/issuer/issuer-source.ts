import type { CryptoKey, JWSHeaderParameters } from 'jose'
import type { IssuerMetadata } from './issuer-metadata.ts'
import { createKeySetLoader, type KeySet } from './key-set-loader.ts'

/** A key that the issuer withdrew is dead here after this long. */
export const KEYS_FRESH_SECONDS = 300

/** How long known keys are trusted while the issuer does not answer; an outage should not stop every server at once. */
export const KEYS_STALE_SECONDS = 3_600

/** Anyone can invent key ids: however many come, the issuer is asked once in this time. */
export const UNKNOWN_KEY_COOLDOWN_SECONDS = 30

/** Without any keys nothing works, so ask again soon; also the value of Retry-After. */
export const FIRST_RETRY_SECONDS = 2

/** With keys at hand there is no hurry, and each attempt makes a request wait for a time-out. */
export const STALE_RETRY_SECONDS = 30

export type FoundKey =
  | { readonly ok: true; readonly key: CryptoKey }
  | { readonly ok: false; readonly reason: 'unknown-key' | 'unavailable'; readonly detail: string }

/** The issuer's metadata and keys, fetched when first needed and kept for a bounded time. */
export interface IssuerSource {
  /** The key that a token's header names, or why there is none. */
  findKey(header: JWSHeaderParameters): Promise<FoundKey>
  /** The issuer's metadata, or undefined while it cannot be had. */
  metadata(): Promise<IssuerMetadata | undefined>
  /** Whether tokens can be judged now. */
  ready(): Promise<boolean>
}

/**
 * Makes the source of one issuer's keys. Nothing is fetched before the first question.
 *
 * @param deps the issuer identifier; the fetch and the clock (seconds since the epoch) to use; where trouble is told
 */
export function createIssuerSource(deps: {
  readonly issuer: string
  readonly fetch: typeof fetch
  readonly clock: () => number
  readonly onTrouble: (detail: string) => void
}): IssuerSource {
  const loader = createKeySetLoader(deps)
  let keySet: KeySet | undefined
  let failure: { readonly at: number; readonly detail: string } | undefined
  let unknownKeyAt = Number.NEGATIVE_INFINITY
  let inFlight: Promise<void> | undefined

  async function load(): Promise<void> {
    const loaded = await loader.load()
    failure = loaded.ok ? undefined : { at: deps.clock(), detail: loaded.detail }
    if (loaded.ok) keySet = loaded.keySet
    else deps.onTrouble(loaded.detail)
  }

  function refresh(): Promise<void> {
    inFlight ??= load().finally(() => {
      inFlight = undefined
    })
    return inFlight
  }

  async function currentKeys(): Promise<KeySet | undefined> {
    const now = deps.clock()
    if (keySet !== undefined && now - keySet.fetchedAt < KEYS_FRESH_SECONDS) return keySet
    const retrySeconds = keySet === undefined ? FIRST_RETRY_SECONDS : STALE_RETRY_SECONDS
    if (failure === undefined || now - failure.at >= retrySeconds) await refresh()
    return keySet !== undefined && deps.clock() - keySet.fetchedAt < KEYS_STALE_SECONDS ? keySet : undefined
  }

  // A key that these keys do not have may be a new one. Ask once per cool-down, unless the keys are from just now.
  async function keysAfterMiss(missed: KeySet, knownBefore: KeySet | undefined): Promise<KeySet> {
    if (inFlight !== undefined) await inFlight
    else if (deps.clock() - unknownKeyAt >= UNKNOWN_KEY_COOLDOWN_SECONDS) {
      unknownKeyAt = deps.clock()
      if (missed === knownBefore) await refresh()
    }
    return keySet ?? missed
  }

  async function findKey(header: JWSHeaderParameters): Promise<FoundKey> {
    const knownBefore = keySet
    const keys = await currentKeys()
    if (keys === undefined) return { ok: false, reason: 'unavailable', detail: failure?.detail ?? 'no keys yet' }
    const key = (await keys.find(header)) ?? (await (await keysAfterMiss(keys, knownBefore)).find(header))
    return key === undefined ? judgeMiss(header, failure?.detail) : { ok: true, key }
  }

  return {
    findKey,
    metadata: async () => ((await currentKeys()) === undefined ? undefined : loader.metadata()),
    ready: async () => (await currentKeys()) !== undefined,
  }
}

// While the issuer is away, a key we do not know may well be good: that is an outage, not a bad token.
function judgeMiss(header: JWSHeaderParameters, trouble: string | undefined): FoundKey {
  if (trouble !== undefined) return { ok: false, reason: 'unavailable', detail: trouble }
  return {
    ok: false,
    reason: 'unknown-key',
    detail: `the issuer has no key ${JSON.stringify(header.kid)} for ${header.alg}`,
  }
}
