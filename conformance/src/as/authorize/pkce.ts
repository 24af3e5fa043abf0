import type { Check } from '../../check/check.ts'
import { type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { createPkce } from '../../oauth/pkce.ts'
import { asking, NEEDS_LOGIN, resourceOf, unasked } from '../asking.ts'
import { answerInWords, type Flow } from '../flow.ts'
import { rememberFor } from '../memory.ts'
import { type Reception, receiveWish } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { judgeTokenRefusal } from '../token-refusal.ts'

const REMEDY = {
  general: 'Require a challenge by S256 of every client, and compare the verifier before anything is issued.',
}

/** @throws Unmet without a login or a resource */
export function flowOf(subject: AuthorizationServerSubject): Flow {
  resourceOf(subject)
  if (subject.flow === undefined) throw unasked(NEEDS_LOGIN)
  return subject.flow
}

function judgeRefusal(reception: Reception, accusation: string): Finding {
  if (reception.kind === 'kept') return sound(reception.words)
  return reception.answer.kind === 'code' ? faulty(accusation) : sound(answerInWords(reception.answer))
}

export const pkceRequired: Check<AuthorizationServerSubject> = {
  id: 'as-pkce-required',
  requirement: 'AS-AZ-02',
  title: 'A public client gets no code without a challenge',
  risk: 'Whoever catches the code on its way through the browser redeems it.',
  sends: 'An authorization request without `code_challenge`.',
  expects: '`invalid_request`, or a page with an error.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const client = await subject.clients.first()
    if (client.authentication.method !== 'none') return notApplicable('the client has a secret, and may do without')
    const change = { code_challenge: undefined, code_challenge_method: undefined }
    return judgeRefusal(await receiveWish(subject, client, { change }), 'it gave a code')
  }),
}

export const pkcePlain: Check<AuthorizationServerSubject> = {
  id: 'as-pkce-plain',
  requirement: 'AS-AZ-03b',
  title: 'A challenge by plain is refused',
  risk: 'The challenge is the verifier: whoever sees the request can redeem the code.',
  sends: 'An authorization request with `code_challenge_method=plain`.',
  expects: '`invalid_request`, or a page with an error.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const change = { code_challenge: createPkce().verifier, code_challenge_method: 'plain' }
    const reception = await receiveWish(subject, await subject.clients.first(), { change })
    return judgeRefusal(reception, 'it gave a code')
  }),
}

export const pkceMethod: Check<AuthorizationServerSubject> = {
  id: 'as-pkce-method',
  requirement: 'AS-AZ-03',
  title: 'A method of challenges that is not understood is refused',
  risk: 'A server that overlooks the method may overlook the challenge.',
  sends: 'An authorization request with `code_challenge_method=S512`.',
  expects: '`invalid_request`, or a page with an error.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const reception = await receiveWish(subject, await subject.clients.first(), {
      change: { code_challenge_method: 'S512' },
    })
    return judgeRefusal(reception, 'it gave a code')
  }),
}

/** Presents a code with a verifier that belongs to nothing. */
function wrongGuess(subject: AuthorizationServerSubject) {
  const flow = flowOf(subject)
  return rememberFor(flow, 'wrong verifier', subject.relay, async () => {
    const granted = await flow.code()
    return { granted, wrong: await flow.redeem(granted, { parameters: { code_verifier: createPkce().verifier } }) }
  }).recall()
}

export const verifierCompared: Check<AuthorizationServerSubject> = {
  id: 'as-pkce-verifier',
  requirement: 'AS-AZ-04',
  title: 'A code is not redeemed with a verifier of another challenge',
  risk: 'Whoever catches the code on its way through the browser redeems it.',
  sends: 'A fresh code, with a verifier that belongs to nothing.',
  expects: '400 and `invalid_grant`.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const { wrong: answer } = await wrongGuess(subject)
    if (answer.kind === 'tokens') return faulty('it gave tokens')
    return judgeTokenRefusal(answer)
  }),
}

export const verifierRequired: Check<AuthorizationServerSubject> = {
  id: 'as-pkce-verifier-required',
  requirement: 'AS-AZ-04',
  title: 'A code with a challenge is not redeemed without a verifier',
  risk: 'Whoever catches the code on its way through the browser redeems it, by leaving the proof out.',
  sends: 'A fresh code, without `code_verifier`.',
  expects: '400 and `invalid_grant` or `invalid_request`.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const answer = await flow.redeem(await flow.code(), { parameters: { code_verifier: undefined } })
    if (answer.kind === 'tokens') return faulty('it gave tokens')
    return judgeTokenRefusal(answer)
  }),
}

export const codeOutlivesGuess: Check<AuthorizationServerSubject> = {
  id: 'as-pkce-wrong-guess',
  requirement: 'AS-AZ-04b',
  title: 'A wrong verifier does not spend the code',
  risk: 'Whoever sees a code can end the sign-in of its owner, who has no way to know why.',
  sends: 'A fresh code with a wrong verifier, and then with the right one.',
  expects: '`invalid_grant`, and then tokens.',
  remedies: { general: 'Mark a code as used in the step that issues its tokens, not in the one that reads it.' },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const { granted, wrong } = await wrongGuess(subject)
    if (wrong.kind === 'tokens') return notApplicable('the wrong verifier was taken, which is a question of its own')
    const right = await flow.redeem(granted)
    return right.kind === 'tokens' ? sound('the code still worked') : faulty(refusalInWords(right))
  }),
}
