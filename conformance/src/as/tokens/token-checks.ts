import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { tokenAudience, tokenFormat, tokenSingleAudience, tokenVerifies } from './access-token.ts'
import { codeOfAnother, codeOnce, codeRace, codeRaceOfMany, redirectAtToken, replayEndsTokens } from './codes.ts'
import { scopeStated, scopeTrue, tokenAnswer, tokenLifetime, tokenNotStored, tokenTimes } from './token-answer.ts'

/** Codes, and the tokens that they give. */
export const tokenChecks: readonly Check<AuthorizationServerSubject>[] = [
  tokenAnswer,
  tokenNotStored,
  tokenTimes,
  tokenLifetime,
  scopeStated,
  scopeTrue,
  tokenFormat,
  tokenVerifies,
  tokenAudience,
  tokenSingleAudience,
  codeOnce,
  replayEndsTokens,
  codeOfAnother,
  redirectAtToken,
  codeRace,
  codeRaceOfMany,
]
