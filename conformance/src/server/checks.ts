import type { Check } from '../check/check.ts'
import { challengeChecks } from './challenges/challenge-checks.ts'
import { discoveryChecks } from './discovery/discovery-checks.ts'
import { downstreamChecks } from './downstream/downstream-checks.ts'
import { entryChecks } from './entry/entry-checks.ts'
import { originChecks } from './origin/origin-checks.ts'
import { placementChecks } from './placement/placement-checks.ts'
import { scopeChecks } from './scopes/scope-checks.ts'
import { createStreamExpiry } from './streams/stream-expiry.ts'
import type { ServerSubject } from './subject.ts'
import { createIssuerTroubleChecks, tokenChecks } from './tokens/token-checks.ts'
import { REAL_WAITS, type Waits } from './waits.ts'

/** Every check of `server` mode, in the order in which it runs. */
export const serverChecks: readonly Check<ServerSubject>[] = createServerChecks(REAL_WAITS)

/** The same, for who waits otherwise. */
export function createServerChecks(waits: Waits): readonly Check<ServerSubject>[] {
  return [
    ...entryChecks,
    ...discoveryChecks,
    ...challengeChecks,
    createStreamExpiry(waits),
    ...tokenChecks,
    ...placementChecks,
    ...originChecks,
    ...scopeChecks,
    ...downstreamChecks,
    ...createIssuerTroubleChecks(waits),
  ]
}
