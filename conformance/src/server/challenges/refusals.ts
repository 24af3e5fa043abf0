import { type Finding, incomplete } from '../../check/finding.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { askWithGarbage, askWithoutToken, inWords } from '../asking.ts'
import { bearerParameters } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'

/** The two refusals that every client meets: of a request without a token, and of one with a token that is none. */
export interface Refusals {
  readonly withoutToken: WireAnswer
  readonly withGarbage: WireAnswer
}

export async function collectRefusals(subject: ServerSubject): Promise<Refusals> {
  return { withoutToken: await askWithoutToken(subject), withGarbage: await askWithGarbage(subject) }
}

/** Those of them that are 401, each with its occasion in words. */
export function unauthorizedOf({
  withoutToken,
  withGarbage,
}: Refusals): readonly [occasion: string, answer: WireAnswer][] {
  const all: readonly [string, WireAnswer][] = [
    ['without a token', withoutToken],
    ['with a token that is none', withGarbage],
  ]
  return all.filter(([, { status }]) => status === 401)
}

/** Runs a question about the Bearer challenge of a 401; without either there is nothing to ask it of. */
export function withChallenge(
  answer: WireAnswer,
  question: (parameters: ReadonlyMap<string, string>) => Finding | Promise<Finding>,
): Finding | Promise<Finding> {
  if (answer.status !== 401) return incomplete(`no 401 to look at: ${inWords(answer)}`)
  const parameters = bearerParameters(answer)
  return parameters === undefined ? incomplete('the 401 has no Bearer challenge to look at') : question(parameters)
}
