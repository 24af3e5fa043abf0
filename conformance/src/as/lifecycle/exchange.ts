import type { JWTPayload } from 'jose'
import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { listedIn } from '../../oauth/authorization-server.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import {
  exchangeGrant,
  GRANT_EXCHANGE,
  requestToken,
  type TokenAnswer,
  type TokenResponse,
} from '../../oauth/token-request.ts'
import { asking, missing, serverOf, unasked } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { type Remembered, rememberFor } from '../memory.ts'
import { wordsOf } from '../resources/scopes.ts'
import { NOBODYS_RESOURCE } from '../resources/targets.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { claimsOf } from '../tokens/access-token.ts'
import { partyOf } from './introspection.ts'

const REMEDY = { general: 'Judge an exchange by a table: which resource may ask for which target, with which scopes.' }
const NEVER_GRANTED = 'examiner:never-granted'

/** Exchanges a token for the MCP server, as the MCP server. @throws Unmet where that was not asked for */
async function exchange(
  subject: AuthorizationServerSubject,
  wish: { readonly resource?: string; readonly scope?: string } = {},
): Promise<{ readonly answer: TokenAnswer; readonly from: string; readonly target: string }> {
  const { client, resource: target } = partyOf(subject)
  if (target === undefined) throw unasked('it takes a target to exchange to: --exchange-resource names it')
  const from = (await flowOf(subject).live()).tokens.accessToken
  const grant = exchangeGrant(from, { resource: target, ...wish })
  return { answer: await requestToken(subject.wire, serverOf(subject), client, grant), from, target }
}

type Exchanged = {
  readonly tokens: TokenResponse
  readonly from: JWTPayload | undefined
  readonly made: JWTPayload | undefined
  readonly target: string
}
/** An ordinary exchange: without it, a refusal of another says nothing. @throws Unmet where it does not work */
function exchanged(subject: AuthorizationServerSubject): Remembered<Exchanged> {
  return rememberFor(flowOf(subject), 'exchange', subject.relay, async () => {
    const { answer, from, target } = await exchange(subject)
    if (answer.kind !== 'tokens') throw missing(`the exchange was refused: ${refusalInWords(answer)}`)
    return { tokens: answer.tokens, from: claimsOf(from), made: claimsOf(answer.tokens.accessToken), target }
  })
}

export const exchangeAnswer: Check<AuthorizationServerSubject> = {
  id: 'as-exchange-answer',
  requirement: 'AS-TX-01',
  title: 'An exchange says which type of token it gave',
  risk: 'The server that asked does not know what it got.',
  sends: 'An exchange by --exchange-client of a fresh token, for --exchange-resource.',
  expects: '`access_token`, `issued_token_type` and `token_type`.',
  remedies: { general: 'Answer as RFC 8693 §2.2.1 says.' },
  run: asking(async (subject) => {
    const { members } = (await exchanged(subject).recall()).tokens
    const absent = ['issued_token_type', 'token_type'].filter((name) => typeof members[name] !== 'string')
    return absent.length === 0 ? sound(String(members.issued_token_type)) : faulty(`left out: ${absent.join(', ')}`)
  }),
}

export const exchangePublic: Check<AuthorizationServerSubject> = {
  id: 'as-exchange-public',
  requirement: 'AS-TX-02',
  title: 'A client that cannot prove who it is exchanges nothing',
  risk: 'Whoever finds a token for one server makes one for the next.',
  sends: 'An exchange of its own token by the public client.',
  expects: 'An error.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const server = serverOf(subject)
    if (!listedIn(server, 'grant_types_supported').includes(GRANT_EXCHANGE))
      return notApplicable('it exchanges nothing')
    const { client, tokens } = await flowOf(subject).live()
    if (client.authentication.method !== 'none') return notApplicable('the client has a secret')
    const wish = { resource: subject.exchange?.resource ?? NOBODYS_RESOURCE }
    const answer = await requestToken(subject.wire, server, client, exchangeGrant(tokens.accessToken, wish))
    return answer.kind === 'tokens' ? faulty('it gave a token') : sound(refusalInWords(answer))
  }),
}

export const exchangeTarget: Check<AuthorizationServerSubject> = {
  id: 'as-exchange-target',
  requirement: 'AS-TX-04',
  title: 'The exchanged token is for the target alone',
  risk: 'The target sends it back to the server that it came from, or to any other.',
  sends: 'An exchange by --exchange-client of a fresh token, for --exchange-resource.',
  expects: 'The target as the only audience.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const { made, target } = await exchanged(subject).recall()
    if (made === undefined) return notApplicable('the token is opaque')
    const audiences = [made.aud ?? []].flat()
    return audiences.length === 1 && audiences[0] === target
      ? sound(target)
      : faulty(`it is for ${audiences.join(', ')}`)
  }),
}

export const exchangeUnknown: Check<AuthorizationServerSubject> = {
  id: 'as-exchange-unknown',
  requirement: 'AS-TX-04',
  title: 'An exchange for a target that is not known is refused',
  risk: 'One server that was broken into makes tokens for every other.',
  sends: 'An exchange by --exchange-client for a resource that nobody has.',
  expects: '`invalid_target`.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    await exchanged(subject).know()
    const { answer } = await exchange(subject, { resource: NOBODYS_RESOURCE })
    return answer.kind === 'tokens' ? faulty('it gave a token') : sound(refusalInWords(answer))
  }),
}

export const exchangeScope: Check<AuthorizationServerSubject> = {
  id: 'as-exchange-scope',
  requirement: 'AS-TX-05',
  title: 'An exchange adds no scope',
  risk: 'A right that the person never gave appears one server further on.',
  sends: 'An exchange by --exchange-client that asks for a scope which was made up.',
  expects: 'An error, or a token without it.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    await exchanged(subject).know()
    const { answer } = await exchange(subject, { scope: NEVER_GRANTED })
    if (answer.kind !== 'tokens') return sound(refusalInWords(answer))
    const has = [...wordsOf(answer.tokens.scope), ...wordsOf(claimsOf(answer.tokens.accessToken)?.scope)]
    return has.includes(NEVER_GRANTED) ? faulty(`it granted ${NEVER_GRANTED}`) : sound('it was left out')
  }),
}

export const exchangeLifetime: Check<AuthorizationServerSubject> = {
  id: 'as-exchange-lifetime',
  requirement: 'AS-TX-06',
  title: 'The exchanged token ends no later than the one before, and cannot be refreshed',
  risk: 'What was taken from the person goes on working further inside.',
  sends: 'An exchange by --exchange-client of a fresh token, for --exchange-resource.',
  expects: '`exp` not above that of the first token, and no refresh token.',
  remedies: { general: 'Cut the lifetime to what is left of the first token.' },
  run: asking(async (subject) => {
    const { made, from, tokens } = await exchanged(subject).recall()
    if (tokens.refreshToken !== undefined) return faulty('a refresh token came with it')
    if (typeof made?.exp !== 'number' || typeof from?.exp !== 'number') return notApplicable('the ends cannot be read')
    return made.exp <= from.exp ? sound(`${from.exp - made.exp} s earlier`) : faulty(`${made.exp - from.exp} s later`)
  }),
}

export const exchangeActor: Check<AuthorizationServerSubject> = {
  id: 'as-exchange-actor',
  requirement: 'AS-TX-07',
  title: 'The exchanged token says who acts for whom',
  risk: 'The record of the target names the person, and nobody knows that it was a machine.',
  sends: 'An exchange by --exchange-client of a fresh token, for --exchange-resource.',
  expects: 'The same `sub`, and `act` with the server that asked.',
  remedies: { general: 'Write `act` as RFC 8693 §4.1 says, and nest what was there.' },
  run: asking(async (subject) => {
    const { made, from } = await exchanged(subject).recall()
    if (made === undefined) return notApplicable('the token is opaque')
    if (from !== undefined && made.sub !== from.sub) return doubtful(`sub became ${String(made.sub)}`)
    return made.act === undefined ? faulty('there is no act') : sound(JSON.stringify(made.act))
  }),
}
