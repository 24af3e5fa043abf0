import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { endpointOf } from '../../oauth/authorization-server.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { buildTokenRequest, codeGrant, readTokenAnswer, refreshGrant, requestToken } from '../../oauth/token-request.ts'
import { introspectToken } from '../../oauth/token-state.ts'
import { BURST_OF_TWO, BURST_UNDER_STRESS } from '../../wire/pace.ts'
import { asking, missing, serverOf } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { rememberFor } from '../memory.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { judgeTokenRefusal } from '../token-refusal.ts'

const RISK = 'Whoever catches a code that was used, or sends it in the same moment, has tokens of the person.'
const REMEDY = {
  general:
    'Let the database decide: mark the code as used in one conditional statement, and issue only if it was the first.',
}

/** Redeems a code twice. */
function replay(subject: AuthorizationServerSubject) {
  const flow = flowOf(subject)
  return rememberFor(flow, 'code replay', subject.relay, async () => {
    const granted = await flow.code()
    const first = await flow.redeem(granted)
    if (first.kind !== 'tokens') throw missing(`the code was not redeemed: ${refusalInWords(first)}`)
    const second = await flow.redeem(granted)
    flow.became(undefined)
    return { granted, tokens: first.tokens, second }
  }).recall()
}

export const codeOnce: Check<AuthorizationServerSubject> = {
  id: 'as-code-once',
  requirement: 'AS-AZ-05',
  title: 'A code that was redeemed is refused',
  risk: RISK,
  sends: 'A fresh code, and the same code again.',
  expects: 'Tokens, then `invalid_grant`.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const { second } = await replay(subject)
    if (second.kind === 'tokens') return faulty('it gave tokens again')
    return judgeTokenRefusal(second)
  }),
}

export const replayEndsTokens: Check<AuthorizationServerSubject> = {
  id: 'as-code-replay-ends-tokens',
  requirement: 'AS-AZ-05b',
  title: 'When a code comes again, the tokens that it gave end',
  risk: 'The thief was first: what he has goes on working after the theft was seen.',
  sends: 'A fresh code twice, and then the refresh token that it gave.',
  expects: '`invalid_grant` for the refresh token.',
  remedies: { general: 'Remember which grant a code gave, and end it when the code comes again.' },
  run: asking(async (subject) => {
    const { granted, tokens, second } = await replay(subject)
    if (second.kind === 'tokens') return notApplicable('the second time was taken too, which is a question of its own')
    const { refreshToken } = tokens
    if (refreshToken === undefined) return introspectReplayed(subject, tokens.accessToken)
    const after = await requestToken(subject.wire, serverOf(subject), granted.client, refreshGrant(refreshToken))
    return after.kind === 'tokens' ? faulty('the refresh token still works') : sound(refusalInWords(after))
  }),
}

async function introspectReplayed(subject: AuthorizationServerSubject, token: string): Promise<Finding> {
  const server = serverOf(subject)
  if (subject.exchange === undefined || endpointOf(server, 'introspection_endpoint') === undefined) {
    return notApplicable('there was no refresh token, and nobody can ask about the access token')
  }
  const state = await introspectToken(subject.wire, server, subject.exchange.client, { token })
  if (state.kind !== 'told') throw missing(`introspection answered ${refusalInWords(state)}`)
  return state.active ? faulty('the access token is still active') : sound('the access token is not active')
}

export const codeOfAnother: Check<AuthorizationServerSubject> = {
  id: 'as-code-of-another',
  requirement: 'AS-AZ-05',
  title: 'A code works for the client alone that it was given to',
  risk: 'A client that somebody else wrote redeems what was meant for a trusted one.',
  sends: 'A fresh code of one client, redeemed by another with everything else right.',
  expects: '`invalid_grant`.',
  remedies: { general: 'Compare the client of the request with the one that the code was given to.' },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const other = await subject.clients.second()
    const answer = await flow.redeem(await flow.code(), {}, other)
    flow.became(undefined)
    if (answer.kind === 'tokens') return faulty('it gave tokens to the other client')
    return judgeTokenRefusal(answer)
  }),
}

export const redirectAtToken: Check<AuthorizationServerSubject> = {
  id: 'as-code-redirect',
  requirement: 'AS-RED-07',
  title: 'A token request that names another redirect URI is refused',
  risk: 'A code that was sent to a wrong address is redeemed as if it had come to the right one.',
  sends: 'A fresh code with another `redirect_uri` than its request had.',
  expects: '`invalid_grant`.',
  remedies: { general: 'Where `redirect_uri` is sent, compare it with the one of the authorization request.' },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const granted = await flow.code()
    const redirectUri = `${granted.request.redirectUri}/examiner`
    const answer = await flow.redeem(granted, { parameters: { redirect_uri: redirectUri } })
    if (answer.kind === 'tokens') return faulty('it gave tokens')
    return judgeTokenRefusal(answer)
  }),
}

/** Redeems one code in several requests that are on their way together. */
async function race(subject: AuthorizationServerSubject, times: number): Promise<Finding> {
  const flow = flowOf(subject)
  const granted = await flow.code()
  const request = await buildTokenRequest(serverOf(subject), granted.client, codeGrant(granted.code, granted.request))
  const answers = await subject.wire.sendTogether(Array.from({ length: times }, () => request))
  flow.became(undefined)
  const won = answers.map(readTokenAnswer).flatMap((answer) => (answer.kind === 'tokens' ? [answer.tokens] : []))
  const different = new Set(won.map(({ accessToken }) => accessToken)).size
  if (won.length === 0) return doubtful('none of the requests got tokens')
  return different === 1 ? sound(`${won.length} of ${times} got tokens`) : faulty(`${different} of ${times} got tokens`)
}

export const codeRace: Check<AuthorizationServerSubject> = {
  id: 'as-code-race',
  requirement: 'AS-AZ-06',
  title: 'A code that comes twice in the same moment gives tokens once',
  risk: RISK,
  sends: 'A fresh code, in two requests that are on their way together.',
  expects: 'Tokens once.',
  remedies: REMEDY,
  run: asking((subject) => race(subject, BURST_OF_TWO)),
}

export const codeRaceOfMany: Check<AuthorizationServerSubject> = {
  id: 'as-code-race-of-many',
  requirement: 'AS-AZ-06',
  title: 'A code that comes twenty times in the same moment gives tokens once',
  risk: RISK,
  sends: 'A fresh code, in twenty requests that are on their way together.',
  expects: 'Tokens once.',
  remedies: REMEDY,
  permission: 'stress',
  run: asking((subject) => race(subject, BURST_UNDER_STRESS)),
}
