import type { Check } from '../check/check.ts'
import { challengeChecks } from './challenges/challenge-checks.ts'
import { discoveryChecks } from './discovery/discovery-checks.ts'
import { entryChecks } from './entry/entry-checks.ts'
import { originChecks } from './origin/origin-checks.ts'
import { placementChecks } from './placement/placement-checks.ts'
import { scopeChecks } from './scopes/scope-checks.ts'
import type { ServerSubject } from './subject.ts'
import { tokenChecks } from './tokens/token-checks.ts'

/** Every check of `server` mode, in the order in which it runs. */
export const serverChecks: readonly Check<ServerSubject>[] = [
  ...entryChecks,
  ...discoveryChecks,
  ...challengeChecks,
  ...tokenChecks,
  ...placementChecks,
  ...originChecks,
  ...scopeChecks,
]
