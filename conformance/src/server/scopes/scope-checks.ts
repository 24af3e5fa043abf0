import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { batchElevation, headerElevation } from './elevation.ts'
import { headersMatchBody } from './header-match.ts'
import { missingScopeIsForbidden, scopeAskedIsNeeded } from './missing-scope.ts'
import { refusalBeyondScope } from './scope-loop.ts'
import { expiryBeforeScope, scopeChallengeComplete, scopeRefusal } from './scope-refusal.ts'

/** What a token may do, and how what it may not is refused. */
export const scopeChecks: readonly Check<ServerSubject>[] = [
  scopeRefusal,
  missingScopeIsForbidden,
  scopeAskedIsNeeded,
  scopeChallengeComplete,
  expiryBeforeScope,
  refusalBeyondScope,
  headersMatchBody,
  headerElevation,
  batchElevation,
]
