import { doubtful, type Finding, sound } from '../check/finding.ts'
import { type OAuthError, type OtherAnswer, refusalInWords } from '../oauth/oauth-answer.ts'

/** The token endpoint did not give what it should not: sound by an error of OAuth, doubtful by what no client can read. */
export function judgeTokenRefusal(answer: OAuthError | OtherAnswer): Finding {
  return answer.kind === 'error' ? sound(refusalInWords(answer)) : doubtful(refusalInWords(answer))
}
