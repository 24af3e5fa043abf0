/** How much fetching strangers may cause. All counts are of this process. */
export interface FetchLimits {
  /**
   * Takes one look at a host out of what an address may cause.
   * @param address of whoever asks; undefined counts as one address
   * @returns what to call when the look is over, or undefined when there is no room
   */
  take(address: string | undefined, host: string): (() => void) | undefined
}

/** Looks a second, and at once, that one address may cause. People behind one proxy share it; almost all are answered from what is kept. */
const ADDRESS = { perSecond: 100, burst: 200 }
/** The same for one host: nobody can use up what others need to reach it, nor send more to it than directly. */
const ADDRESS_AND_HOST = { perSecond: 50, burst: 100 }
/** Looks under way for one address: a host that never answers holds each for the whole time it is given. */
const UNDER_WAY_FOR_ADDRESS = 64
/** Looks under way altogether: each is a socket, a TLS session and up to a document's bytes. */
const UNDER_WAY = 512
/** Counters kept; past this number the one that rested longest is forgotten, which lets its owner begin anew. */
const COUNTERS = 20_000

/** @param now milliseconds on a clock that never goes back */
export function createFetchLimits(now: () => number = () => performance.now()): FetchLimits {
  const byAddress = createBuckets(ADDRESS, now)
  const byPair = createBuckets(ADDRESS_AND_HOST, now)
  const underWay = new Map<string, number>()
  let total = 0
  return {
    take(address = '', host) {
      const mine = underWay.get(address) ?? 0
      if (total >= UNDER_WAY || mine >= UNDER_WAY_FOR_ADDRESS) return undefined
      // In this order: what one host has no room for takes nothing of what is left for others.
      if (!byPair.take(`${address} ${host}`) || !byAddress.take(address)) return undefined
      total += 1
      underWay.set(address, mine + 1)
      let released = false
      return () => {
        if (released) return
        released = true
        total -= 1
        const left = (underWay.get(address) ?? 1) - 1
        if (left === 0) underWay.delete(address)
        else underWay.set(address, left)
      }
    },
  }
}

/** Token buckets by key: each fills steadily up to its burst and gives one for each look. */
function createBuckets({ perSecond, burst }: { perSecond: number; burst: number }, now: () => number) {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    take(key: string): boolean {
      const at = now()
      const bucket = buckets.get(key) ?? { left: burst, at }
      const left = Math.min(burst, bucket.left + ((at - bucket.at) / 1_000) * perSecond)
      const allowed = left >= 1
      buckets.delete(key)
      buckets.set(key, { left: allowed ? left - 1 : left, at })
      const [oldest] = buckets.keys()
      if (buckets.size > COUNTERS && oldest !== undefined) buckets.delete(oldest)
      return allowed
    },
  }
}
