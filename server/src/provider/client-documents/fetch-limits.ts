import type { LimitKey } from '../../keys/limit-keys.ts'
import type { Limits } from '../../store/limits.ts'

/** How much fetching strangers may cause. */
export interface FetchLimits {
  /**
   * Takes one look at a host out of what a source may cause, in whichever process it asks.
   * @param source of whoever asks; undefined counts as one source
   * @returns what to call when the look is over, or undefined when there is no room
   */
  take(source: string | undefined, host: string): Promise<(() => void) | undefined>
}

/**
 * A hundred looks a second, and two hundred at once, that one source may cause. People behind one proxy share it; almost all
 * are answered from what is kept.
 */
const SOURCE = { secondsEach: 1 / 100, burst: 200 }
/** The same for one host: nobody can use up what others need to reach it, nor send more to it than directly. */
const SOURCE_AND_HOST = { secondsEach: 1 / 50, burst: 100 }
/** Looks under way for one source in one process: a host that never answers holds each for the whole time it is given. */
const UNDER_WAY_FOR_SOURCE = 64
/** Looks under way altogether in one process: each is a socket, a TLS session and up to a document's bytes. */
const UNDER_WAY = 512

/** The database counts the looks, because each of them reaches somebody else; what is under way is this process's own. */
export function createFetchLimits({ limits, limitKey }: { limits: Limits; limitKey: LimitKey }): FetchLimits {
  const underWay = new Map<string, number>()
  let total = 0
  const enter = (source: string): (() => void) => {
    total += 1
    underWay.set(source, (underWay.get(source) ?? 0) + 1)
    let released = false
    return () => {
      if (released) return
      released = true
      total -= 1
      const left = (underWay.get(source) ?? 1) - 1
      if (left === 0) underWay.delete(source)
      else underWay.set(source, left)
    }
  }
  return {
    async take(source = '', host) {
      if (total >= UNDER_WAY || (underWay.get(source) ?? 0) >= UNDER_WAY_FOR_SOURCE) return undefined
      const release = enter(source)
      try {
        const buckets = [
          { key: limitKey('look source', source), allows: SOURCE },
          { key: limitKey('look source and host', source, host), allows: SOURCE_AND_HOST },
        ]
        if ((await limits.take({ buckets })).ok) return release
      } catch (error) {
        release()
        throw error
      }
      release()
      return undefined
    },
  }
}
