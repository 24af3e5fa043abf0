import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { answerOnce, issuerAdvertised, issuerExact, issuerInAnswer, stateEchoed } from './answers.ts'
import { formRedirects, pagesUnframed } from './pages.ts'
import { codeOutlivesGuess, pkceMethod, pkcePlain, pkceRequired, verifierCompared, verifierRequired } from './pkce.ts'
import { codesOnly, repeatedParameters, unknownClient, unknownRedirect } from './refusals.ts'
import { denialAnswered, denialIssuer, denialState, namesAreText } from './refused-by-person.ts'

/** What the authorization endpoint takes, refuses and answers. */
export const authorizeChecks: readonly Check<AuthorizationServerSubject>[] = [
  unknownClient,
  unknownRedirect,
  codesOnly,
  repeatedParameters,
  pkceRequired,
  pkcePlain,
  pkceMethod,
  verifierCompared,
  // At once, while the code of the check before it lives.
  codeOutlivesGuess,
  verifierRequired,
  stateEchoed,
  issuerInAnswer,
  issuerExact,
  issuerAdvertised,
  answerOnce,
  denialAnswered,
  denialState,
  denialIssuer,
  namesAreText,
  formRedirects,
  pagesUnframed,
]
