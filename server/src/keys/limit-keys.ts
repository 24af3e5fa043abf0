import { createHmac } from 'node:crypto'
import type { Sealer } from './sealing.ts'

/** Names a counter: what is limited, and for whom. The same words give the same name in every process. */
export type LimitKey = (...words: readonly [what: string, ...whom: string[]]) => Buffer

/**
 * Makes the names that counters have in the database. Who reads it learns neither the address of a person nor a login that
 * was typed, which is a password now and then: both are guessed in no time where the digest has no key.
 */
export function createLimitKeys(sealer: Sealer): LimitKey {
  // When another key comes first, counting begins anew.
  const [key] = sealer.macKeys('limit')
  return (...words) => createHmac('sha256', key).update(JSON.stringify(words)).digest()
}
