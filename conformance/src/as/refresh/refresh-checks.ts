import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import {
  refreshKeepsScope,
  refreshOfAnother,
  refreshPlain,
  refreshTarget,
  refreshWidens,
  refusalSpendsNothing,
  strangerEndsNothing,
} from './limits.ts'
import { refreshFamily, refreshRace, refreshReuse, refreshReuseLater, refreshRotates } from './rotation.ts'

/** What becomes of refresh tokens. Those that end nothing come first, so that one sign-in serves them all. */
export const refreshChecks: readonly Check<AuthorizationServerSubject>[] = [
  refreshRotates,
  refreshPlain,
  refreshKeepsScope,
  refreshTarget,
  refusalSpendsNothing,
  refreshOfAnother,
  strangerEndsNothing,
  refreshWidens,
  refreshReuse,
  refreshFamily,
  refreshRace,
  refreshReuseLater,
]
