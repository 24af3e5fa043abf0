import type { Ailing } from '../step.ts'
import { dislikesAudience, dislikesUrl } from './audience.ts'
import type { ReadToken } from './claims.ts'
import type { Expectation } from './expectation.ts'
import { dislikesIssuer, dislikesKey, dislikesScope, dislikesType } from './identity.ts'
import { dislikesTime } from './lifetime.ts'

/** What a server may dislike about a token. */
export interface Dislike extends Ailing {
  /** Where the walk says it. */
  readonly step: string
  /** Whether every sound server refuses the token for it; else some do. */
  readonly certain: boolean
}

type Question = (token: ReadToken, expectation: Expectation) => Ailing | undefined

/** The likelier explanations of a refusal first. */
const QUESTIONS: readonly { readonly step: string; readonly certain: boolean; readonly dislikes: Question }[] = [
  { step: 'token-time', certain: true, dislikes: dislikesTime },
  { step: 'token-type', certain: true, dislikes: (token) => onlyIf('id-token', dislikesType(token)) },
  { step: 'token-issuer', certain: true, dislikes: dislikesIssuer },
  { step: 'token-audience', certain: true, dislikes: dislikesAudience },
  { step: 'token-key', certain: true, dislikes: dislikesKey },
  { step: 'token-audience', certain: false, dislikes: dislikesUrl },
  { step: 'token-type', certain: false, dislikes: (token) => onlyIf('token-type', dislikesType(token)) },
  { step: 'token-scope', certain: false, dislikes: dislikesScope },
]

/** Everything that the server may dislike about the token, the likelier explanation of a refusal first. */
export function dislikesOf(token: ReadToken, expectation: Expectation): readonly Dislike[] {
  return QUESTIONS.flatMap(({ step, certain, dislikes }) => {
    const found = dislikes(token, expectation)
    return found === undefined ? [] : [{ ...found, step, certain }]
  })
}

const onlyIf = (ailment: string, found: Ailing | undefined): Ailing | undefined =>
  found?.ailment === ailment ? found : undefined
