/** How fast something may be asked for. */
export interface Rate {
  readonly perSecond: number
  /** At once, after a rest. */
  readonly burst: number
}

/** Counters of this process, by key: each bucket fills steadily up to its burst, and gives one for each request. */
export interface Buckets {
  /** @returns how many seconds there is nothing to take; 0 when one was taken */
  take(key: string): number
  /** The last one did not count after all. */
  giveBack(key: string): void
}

/** Keys remembered; past this number the one that rested longest is forgotten, which lets its owner begin anew. */
const KEYS_MAX = 20_000

/** @param now milliseconds on a clock that never goes back */
export function createBuckets({ perSecond, burst }: Rate, now: () => number): Buckets {
  const buckets = new Map<string, { left: number; at: number }>()
  const keep = (key: string, left: number, at: number): void => {
    buckets.delete(key)
    buckets.set(key, { left, at })
    const [oldest] = buckets.keys()
    if (buckets.size > KEYS_MAX && oldest !== undefined) buckets.delete(oldest)
  }
  return {
    take(key) {
      const at = now()
      const bucket = buckets.get(key) ?? { left: burst, at }
      const left = Math.min(burst, bucket.left + ((at - bucket.at) / 1_000) * perSecond)
      keep(key, left >= 1 ? left - 1 : left, at)
      return left >= 1 ? 0 : (1 - left) / perSecond
    },
    giveBack(key) {
      const bucket = buckets.get(key)
      if (bucket !== undefined) bucket.left = Math.min(burst, bucket.left + 1)
    },
  }
}
