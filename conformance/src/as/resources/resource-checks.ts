import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { nothingAsked, offlineAccess, stepUpUnion, unknownScope } from './scopes.ts'
import { capitalTarget, fragmentTarget, otherTargetAtToken, unknownTarget } from './targets.ts'

/** Resources and scopes that a request may name. */
export const resourceChecks: readonly Check<AuthorizationServerSubject>[] = [
  unknownTarget,
  fragmentTarget,
  otherTargetAtToken,
  capitalTarget,
  nothingAsked,
  unknownScope,
  offlineAccess,
  stepUpUnion,
]
