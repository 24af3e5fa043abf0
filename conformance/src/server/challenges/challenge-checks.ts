import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { challengeInvalidToken, challengeWithoutError, garbageRefused } from './challenge-errors.ts'
import { challengeGrammar, refusalBody } from './challenge-form.ts'
import { challengeMetadataResolves, challengeNamesMetadata } from './challenge-metadata.ts'
import { challengePresent } from './challenge-present.ts'
import { challengeScope, challengeScopeNoSignIn } from './challenge-scopes.ts'
import { preflightOpen, refusalReadable } from './refusal-cross-origin.ts'
import { refusalBeforeMethod, refusalBeforeUnknownMethod, refusalBeforeVersion } from './refusal-first.ts'
import { refusalSilent } from './refusal-silence.ts'

/** How the server says no to who has no good token. */
export const challengeChecks: readonly Check<ServerSubject>[] = [
  garbageRefused,
  challengePresent,
  challengeNamesMetadata,
  challengeMetadataResolves,
  challengeGrammar,
  challengeWithoutError,
  challengeInvalidToken,
  challengeScope,
  challengeScopeNoSignIn,
  refusalBody,
  refusalBeforeMethod,
  refusalBeforeVersion,
  refusalBeforeUnknownMethod,
  refusalReadable,
  preflightOpen,
  refusalSilent,
]
