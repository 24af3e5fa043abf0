import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { headerOf } from '../../wire/message.ts'
import { asking } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { claimsOf } from './access-token.ts'

const SENDS = 'A sign-in from the request to the tokens.'
/** A working day. What lives longer is no short time for anybody. */
const LONG_SECONDS = 24 * 3_600

export const tokenAnswer: Check<AuthorizationServerSubject> = {
  id: 'as-token-answer',
  requirement: 'AS-TK-01',
  title: 'Tokens come as JSON with a type',
  risk: 'Clients do not find the token, or do not know how to send it.',
  sends: SENDS,
  expects: '200, application/json, `access_token` and `token_type`.',
  remedies: { general: 'Answer as RFC 6749 §5.1 says.' },
  run: asking(async (subject) => {
    const { tokens, tokenAnswer: answer } = await flowOf(subject).first.recall()
    const type = headerOf(answer, 'content-type') ?? 'no media type'
    if (typeof tokens.members.token_type !== 'string') return faulty('there is no token_type')
    if (answer.status !== 200) return faulty(`${answer.status}, not 200`)
    return /^application\/json\b/i.test(type) ? sound(`200 ${type}`) : faulty(`it comes as ${type}`)
  }),
}

export const tokenNotStored: Check<AuthorizationServerSubject> = {
  id: 'as-token-no-store',
  requirement: 'AS-TK-01b',
  title: 'Nobody may store an answer with tokens',
  risk: 'A cache on the way hands the tokens of one person to the next.',
  sends: SENDS,
  expects: '`Cache-Control: no-store`.',
  remedies: { general: 'Send `Cache-Control: no-store` with every answer of the token endpoint.' },
  run: asking(async (subject) => {
    const { tokenAnswer: answer } = await flowOf(subject).first.recall()
    const control = headerOf(answer, 'cache-control')
    return /\bno-store\b/i.test(control ?? '') ? sound(`${control}`) : faulty(control ?? 'there is no Cache-Control')
  }),
}

export const tokenTimes: Check<AuthorizationServerSubject> = {
  id: 'as-token-type-and-expiry',
  requirement: 'AS-TK-02',
  title: 'The token is a Bearer token that says when it ends',
  risk: 'Clients that compare the type exactly turn away; without an end they never refresh, as Qwen Code does not, and fail for good.',
  sends: SENDS,
  expects: '`token_type` written `Bearer`, and a whole number above zero as `expires_in`.',
  remedies: { general: 'Send both, in exactly this form.' },
  run: asking(async (subject) => {
    const { token_type: type, expires_in: seconds } = (await flowOf(subject).first.recall()).tokens.members
    if (type !== 'Bearer' && type !== 'DPoP') return faulty(`token_type is ${JSON.stringify(type)}`)
    const isNumber = typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0
    return isNumber ? sound(`${type}, ${seconds} s`) : faulty(`expires_in is ${JSON.stringify(seconds) ?? 'left out'}`)
  }),
}

export const tokenLifetime: Check<AuthorizationServerSubject> = {
  id: 'as-token-lifetime',
  requirement: 'AS-TK-08',
  title: 'An access token lives for a short time',
  risk: 'A token that leaked works until it ends.',
  sends: SENDS,
  expects: 'A day at the most; minutes are better.',
  remedies: { general: 'Give access tokens minutes, and let clients refresh.' },
  run: asking(async (subject) => {
    const { tokens } = await flowOf(subject).first.recall()
    const { exp, iat } = claimsOf(tokens.accessToken) ?? {}
    const stated = typeof exp === 'number' && typeof iat === 'number' ? exp - iat : undefined
    const seconds = tokens.expiresInSeconds ?? stated
    if (seconds === undefined) return notApplicable('the token does not say when it ends')
    return seconds <= LONG_SECONDS ? sound(`${seconds} s`) : doubtful(`${seconds} s`)
  }),
}

export const scopeStated: Check<AuthorizationServerSubject> = {
  id: 'as-scope-stated',
  requirement: 'AS-SC-01b',
  title: 'The answer says which scopes were granted',
  risk: 'Clients of SDK 2.x take a missing scope for a lost one, and send the person to sign in again.',
  sends: SENDS,
  expects: '`scope` in the answer, always.',
  remedies: { general: 'Send `scope` with every answer, also where nothing was left out.' },
  run: asking(async (subject) => {
    const { scope } = (await flowOf(subject).first.recall()).tokens
    return scope === undefined ? faulty('there is no scope') : sound(scope === '' ? 'an empty text' : scope)
  }),
}

export const scopeTrue: Check<AuthorizationServerSubject> = {
  id: 'as-scope-true',
  requirement: 'AS-SC-01',
  title: 'The scope in the answer is that of the token',
  risk: 'The client believes that it may do what the server will refuse, or that it may not what it can.',
  sends: SENDS,
  expects: 'The scopes of the token in `scope`; it may be left out where they are those that were asked for.',
  remedies: { general: 'Write `scope` of the answer and of the token from the same value.' },
  run: asking(async (subject) => {
    const { tokens, request } = await flowOf(subject).first.recall()
    const inside = claimsOf(tokens.accessToken)?.scope
    if (typeof inside !== 'string') return notApplicable('the scopes of the token cannot be read')
    const stated = tokens.scope ?? request.parameters.scope
    if (typeof stated !== 'string')
      return tokens.scope === undefined ? notApplicable('no scope was asked for') : sound('')
    return sameScopes(stated, inside) ? sound(inside) : faulty(`the answer says "${stated}", the token "${inside}"`)
  }),
}

/** Scopes that a server gives to itself, as OpenID Connect has them, need not be in a token for a resource. */
function sameScopes(stated: string, inside: string): boolean {
  const set = (text: string) =>
    new Set(text.split(' ').filter((scope) => !/^(?:openid|offline_access|profile|email|)$/.test(scope)))
  const [one, other] = [set(stated), set(inside)]
  return one.size === other.size && [...one].every((scope) => other.has(scope))
}
