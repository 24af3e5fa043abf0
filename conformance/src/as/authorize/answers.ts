import type { Check } from '../../check/check.ts'
import { faulty, notApplicable, sound } from '../../check/finding.ts'
import { asking, serverOf } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { flowOf } from './pkce.ts'

export const stateEchoed: Check<AuthorizationServerSubject> = {
  id: 'as-state-echoed',
  requirement: 'AS-AZ-07',
  title: 'The state comes back as it was sent',
  risk: 'The client cannot tell its own sign-in from one that somebody else began, and must drop it.',
  sends: 'A sign-in from the request to the code.',
  expects: 'The same `state` in the redirect.',
  remedies: { general: 'Keep `state` as an opaque text, and put it into every redirect to the client.' },
  run: asking(async (subject) => {
    const { answer, request } = await flowOf(subject).first.recall()
    return answer.state === request.state ? sound('unchanged') : faulty(`it came back as ${answer.state ?? 'nothing'}`)
  }),
}

export const issuerInAnswer: Check<AuthorizationServerSubject> = {
  id: 'as-iss-with-code',
  requirement: 'AS-AZ-08',
  title: 'A redirect with a code says in iss who answers',
  risk: 'A client of several authorization servers can be made to give a code to the wrong one.',
  sends: 'A sign-in from the request to the code.',
  expects: '`iss` in the redirect.',
  remedies: { general: 'Add `iss` to every authorization response (RFC 9207), and say so in the metadata.' },
  run: asking(async (subject) => {
    const { answer } = await flowOf(subject).first.recall()
    return answer.iss === undefined ? faulty('there is none') : sound(answer.iss)
  }),
}

export const issuerExact: Check<AuthorizationServerSubject> = {
  id: 'as-iss-exact',
  requirement: 'AS-AZ-08b',
  title: 'The iss of a redirect is the issuer, to the last slash',
  risk: 'Clients must drop the answer: nobody can sign in.',
  sends: 'A sign-in from the request to the code.',
  expects: 'No `iss`, or the issuer of the metadata.',
  remedies: { general: 'Take `iss` from the same setting as the metadata.' },
  run: asking(async (subject) => {
    const { answer } = await flowOf(subject).first.recall()
    if (answer.iss === undefined) return notApplicable('there is none')
    const { issuer } = serverOf(subject).metadata
    return answer.iss === issuer ? sound(answer.iss) : faulty(`it is ${answer.iss}`)
  }),
}

export const issuerAdvertised: Check<AuthorizationServerSubject> = {
  id: 'as-iss-advertised',
  requirement: 'AS-DISC-08',
  title: 'Metadata and redirects agree about iss',
  risk: 'Clients that read the metadata drop answers without the promised `iss`, or cannot insist on it.',
  sends: 'A sign-in from the request to the code.',
  expects: '`authorization_response_iss_parameter_supported: true` where there is `iss`, and nowhere else.',
  remedies: { general: 'Set the member where the server sends `iss`.' },
  run: asking(async (subject) => {
    const { answer } = await flowOf(subject).first.recall()
    const says = serverOf(subject).metadata.authorization_response_iss_parameter_supported === true
    if (answer.iss !== undefined) return says ? sound('both') : faulty('it sends iss, and the metadata does not say so')
    return says ? faulty('the metadata promises iss, and the redirect has none') : notApplicable('it sends no iss')
  }),
}

export const answerOnce: Check<AuthorizationServerSubject> = {
  id: 'as-answer-once',
  requirement: 'AS-AZ-09',
  title: 'A redirect has each parameter once',
  risk: 'Clients that read the first and the last see different answers.',
  sends: 'A sign-in from the request to the code.',
  expects: '`code`, `state` and `iss` once each, and no `error`.',
  remedies: { general: 'Build the redirect in one place.' },
  run: asking(async (subject) => {
    const { answer } = await flowOf(subject).first.recall()
    const twice = ['code', 'state', 'iss', 'error'].filter((name) => answer.parameters.getAll(name).length > 1)
    return twice.length === 0 ? sound('once each') : faulty(`more than once: ${twice.join(', ')}`)
  }),
}
