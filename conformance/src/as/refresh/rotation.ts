import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { buildTokenRequest, readTokenAnswer, refreshGrant } from '../../oauth/token-request.ts'
import { asking, serverOf } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { rememberFor } from '../memory.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { judgeTokenRefusal } from '../token-refusal.ts'
import { present, refreshed, refreshTokenOf, resourceWish } from './refreshing.ts'

const ROTATION = {
  general:
    'Give a new refresh token at each use, keep which one replaced which, and end the whole family when a replaced one comes back.',
}

export const refreshRotates: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-rotates',
  requirement: 'AS-RT-01',
  title: 'The refresh token of a public client is replaced at each use',
  risk: 'A refresh token that leaked works for as long as its owner signs in, and nobody notices.',
  sends: 'One refresh.',
  expects: 'Another refresh token in the answer.',
  remedies: ROTATION,
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const live = await flow.live()
    if (live.client.authentication.method !== 'none') return notApplicable('the client has a secret')
    const next = await refreshed(subject, flow, live)
    const [before, after] = [refreshTokenOf(live.tokens), refreshTokenOf(next.tokens)]
    return before === after ? faulty('it is the same as before') : sound('it was replaced')
  }),
}

/** A family of refresh tokens: one that was replaced, its successor that was used, and the newest. */
async function family(subject: AuthorizationServerSubject) {
  const flow = flowOf(subject)
  const oldest = await flow.live()
  const middle = await refreshed(subject, flow, oldest)
  const newest = await refreshed(subject, flow, middle)
  const rotates = oldest.tokens.refreshToken !== middle.tokens.refreshToken
  return { flow, oldest, newest, rotates }
}

/** Presents the oldest of a family once more; where nothing is replaced, there is nothing to present. */
function reuse(subject: AuthorizationServerSubject) {
  return rememberFor(flowOf(subject), 'refresh reuse', subject.relay, async () => {
    const { flow, oldest, newest, rotates } = await family(subject)
    if (!rotates) return { newest, again: undefined }
    const again = await present(subject, oldest.client, refreshTokenOf(oldest.tokens), resourceWish(oldest))
    flow.became(undefined)
    return { newest, again }
  }).recall()
}

const NO_ROTATION = 'refresh tokens are not replaced here'

export const refreshReuse: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-reuse',
  requirement: 'AS-RT-02',
  title: 'A replaced refresh token is refused once its successor was used',
  risk: 'A thief and the owner refresh side by side, and nobody notices.',
  sends: 'Two refreshes one after the other, and then the first refresh token again.',
  expects:
    '`invalid_grant`. A server that forgives a lost answer for seconds is warned, because nobody can see for how long.',
  remedies: ROTATION,
  run: asking(async (subject) => {
    const { again } = await reuse(subject)
    if (again === undefined) return notApplicable(NO_ROTATION)
    if (again.kind !== 'tokens') return judgeTokenRefusal(again)
    return doubtful('it gave tokens, moments after its successor had been used')
  }),
}

/** Longer than any answer that got lost is asked for again. */
const FORGIVEN_MS = 125_000

export const refreshReuseLater: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-reuse-later',
  requirement: 'AS-RT-02',
  title: 'A replaced refresh token is refused when it comes back two minutes later',
  risk: 'A thief and the owner refresh side by side, and nobody notices.',
  sends: 'Two refreshes one after the other, and the first refresh token again after two minutes.',
  expects: '`invalid_grant`.',
  remedies: ROTATION,
  permission: 'slow',
  run: asking(async (subject) => {
    const { flow, oldest, rotates } = await family(subject)
    if (!rotates) return notApplicable(NO_ROTATION)
    await subject.wait(FORGIVEN_MS)
    const again = await present(subject, oldest.client, refreshTokenOf(oldest.tokens), resourceWish(oldest))
    flow.became(undefined)
    return again.kind === 'tokens' ? faulty('it gave tokens') : sound(refusalInWords(again))
  }),
}

export const refreshFamily: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-family',
  requirement: 'AS-RT-02',
  title: 'A replaced refresh token that comes back ends the whole family',
  risk: 'The theft is seen, and the thief keeps what he has.',
  sends: 'Two refreshes one after the other, the first refresh token again, and then the newest.',
  expects: '`invalid_grant` for both.',
  remedies: ROTATION,
  run: asking(async (subject) => {
    const { newest, again } = await reuse(subject)
    if (again === undefined) return notApplicable(NO_ROTATION)
    if (again.kind === 'tokens') return notApplicable('the replaced one was taken, which is a question of its own')
    const after = await present(subject, newest.client, refreshTokenOf(newest.tokens), resourceWish(newest))
    return after.kind === 'tokens' ? faulty('the newest one still works') : sound(refusalInWords(after))
  }),
}

export const refreshRace: Check<AuthorizationServerSubject> = {
  id: 'as-refresh-race',
  requirement: 'AS-RT-03',
  title: 'Two refreshes in the same moment do not end the sign-in',
  risk: 'Claude refreshes from two addresses at once; clients with parallel tool calls do too. The person has to sign in again, each day.',
  sends: 'One refresh token, in two requests that are on their way together, and then what came of it.',
  expects: 'Tokens at least once, and a refresh token that works afterwards.',
  remedies: { general: 'For some seconds, answer the same successor to the same refresh token.' },
  run: asking((subject) => race(subject)),
}

async function race(subject: AuthorizationServerSubject): Promise<Finding> {
  const flow = flowOf(subject)
  const live = await flow.live()
  const grant = refreshGrant(refreshTokenOf(live.tokens), { ...resourceWish(live) })
  const request = await buildTokenRequest(serverOf(subject), live.client, grant)
  const answers = (await subject.wire.sendTogether([request, request])).map(readTokenAnswer)
  flow.became(undefined)
  const won = answers.flatMap((answer) => (answer.kind === 'tokens' ? [answer.tokens] : []))
  if (won.length === 0) return faulty('neither was answered with tokens')
  const left = new Set(won.map(({ refreshToken = refreshTokenOf(live.tokens) }) => refreshToken))
  const after = []
  for (const refreshToken of left) after.push(await present(subject, live.client, refreshToken, resourceWish(live)))
  const works = after.some(({ kind }) => kind === 'tokens')
  if (!works) return faulty(`${won.length} of 2 got tokens, and no refresh token works afterwards`)
  return won.length === 2 ? sound('both got tokens') : faulty('one of the two was refused, and its caller has nothing')
}
