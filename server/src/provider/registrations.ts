import type { LimitKey } from '../keys/limit-keys.ts'
import type { Bucket } from '../store/limits.ts'

/**
 * New rows that one source may register: what a company whose people all begin on the same morning needs, and after that one
 * every two seconds. Anybody can send registrations, each is a row for a month, and nothing proves who sends them.
 */
export const REGISTRATIONS = { burst: 200, secondsEach: 2 }

/** What a registration that makes a new row takes. @param limitKey names counters */
export function registrations(limitKey: LimitKey): (source: string | undefined) => Bucket {
  return (source = '') => ({ key: limitKey('registration', source), allows: REGISTRATIONS })
}
