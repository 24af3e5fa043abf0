import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import {
  exchangeActor,
  exchangeAnswer,
  exchangeLifetime,
  exchangePublic,
  exchangeScope,
  exchangeTarget,
  exchangeUnknown,
} from './exchange.ts'
import { introspectionClosed, introspectionForeign, introspectionUnknown } from './introspection.ts'
import { revokeOfAnother, revokeRefresh, revokeUnknown } from './revocation.ts'

/** What becomes of tokens. */
export const lifecycleChecks: readonly Check<AuthorizationServerSubject>[] = [
  introspectionClosed,
  introspectionUnknown,
  introspectionForeign,
  exchangePublic,
  exchangeAnswer,
  exchangeTarget,
  exchangeUnknown,
  exchangeScope,
  exchangeLifetime,
  exchangeActor,
  revokeUnknown,
  revokeOfAnother,
  revokeRefresh,
]
