import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { asking, missing } from '../asking.ts'
import { MARKUP_NAME } from '../clients.ts'
import { answerInWords } from '../flow.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { flowOf } from './pkce.ts'

const SENDS = 'A sign-in for a client that nobody had agreed to, and the person says no.'

export const denialAnswered: Check<AuthorizationServerSubject> = {
  id: 'as-denied',
  requirement: 'AS-SC-08',
  title: 'What the person refuses comes back as an error',
  risk: 'The client waits for ever, or has what the person did not want it to have.',
  sends: SENDS,
  expects: '`error=access_denied` at the redirect URI.',
  remedies: { general: 'Redirect with `error=access_denied`, `state` and `iss` when the person says no.' },
  run: asking(async (subject) => {
    const { answer } = await flowOf(subject).denial.recall()
    if (answer.parameters.has('code')) return faulty('a code came, and the person had said no')
    if (answer.kind !== 'error') return faulty(answerInWords(answer))
    return answer.error === 'access_denied' ? sound('access_denied') : doubtful(`it says ${answer.error}`)
  }),
}

export const denialState: Check<AuthorizationServerSubject> = {
  id: 'as-state-with-error',
  requirement: 'AS-AZ-07',
  title: 'The state comes back with an error too',
  risk: 'The client cannot tell which sign-in failed, and waits.',
  sends: SENDS,
  expects: 'The same `state` in the redirect.',
  remedies: { general: 'Put `state` into every redirect to the client, errors included.' },
  run: asking(async (subject) => {
    const { answer, request } = await flowOf(subject).denial.recall()
    if (answer.kind !== 'error') throw missing('no error came back')
    return answer.state === request.state ? sound('unchanged') : faulty(`it came back as ${answer.state ?? 'nothing'}`)
  }),
}

export const denialIssuer: Check<AuthorizationServerSubject> = {
  id: 'as-iss-with-error',
  requirement: 'AS-AZ-08',
  title: 'A redirect with an error says in iss who answers',
  risk: 'A client cannot believe the error, and shows the person what somebody else made up.',
  sends: SENDS,
  expects: '`iss` in the redirect.',
  remedies: { general: 'Add `iss` to every authorization response (RFC 9207), errors included.' },
  run: asking(async (subject) => {
    const { answer } = await flowOf(subject).denial.recall()
    if (answer.kind !== 'error') throw missing('no error came back')
    return answer.iss === undefined ? faulty('there is none') : sound(answer.iss)
  }),
}

export const namesAreText: Check<AuthorizationServerSubject> = {
  id: 'as-consent-markup',
  requirement: 'AS-CON-03',
  title: 'The name of a client is shown as text',
  risk: 'Anybody who registers writes on the page where people give away their rights.',
  sends: `${SENDS} The client is called \`${MARKUP_NAME}\`.`,
  expects: 'No page has that markup as markup.',
  remedies: { general: 'Escape whatever a client says of itself, and cut it to a sensible length.' },
  run: asking(async (subject) => {
    const { pages } = await flowOf(subject).denial.recall()
    if (pages.some(({ body }) => body.includes('<b data-examiner'))) return faulty('the markup is on the page')
    const shown = pages.some(({ body }) => body.includes('examiner'))
    return shown ? sound('the name is there, as text') : notApplicable('no page shows the name')
  }),
}
