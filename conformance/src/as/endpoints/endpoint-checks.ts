import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { endpointsCors } from './cross-origin.ts'
import {
  tokenErrors,
  tokenGrantRefused,
  tokenPostOnly,
  tokenSecretPlaces,
  tokenTwoProofs,
  tokenUnknownClient,
} from './token-errors.ts'

/** What the endpoints answer to whoever has no business there. */
export const endpointChecks: readonly Check<AuthorizationServerSubject>[] = [
  tokenErrors,
  tokenGrantRefused,
  tokenUnknownClient,
  tokenPostOnly,
  tokenTwoProofs,
  tokenSecretPlaces,
  endpointsCors,
]
