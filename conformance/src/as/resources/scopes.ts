import type { Check } from '../../check/check.ts'
import { faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { codeGrant, requestToken, type TokenResponse } from '../../oauth/token-request.ts'
import { asking, missing, serverOf, unasked } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { answerInWords, type Wish } from '../flow.ts'
import { rememberFor } from '../memory.ts'
import { receive } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { claimsOf } from '../tokens/access-token.ts'

const UNKNOWN_SCOPE = 'examiner:made-this-up'

export const wordsOf = (scope: unknown): readonly string[] => (typeof scope === 'string' ? scope.split(' ') : [])

/** Asks otherwise than usual, and goes on to the tokens. */
export async function tokensFor(
  subject: AuthorizationServerSubject,
  wish: Wish,
): Promise<
  { readonly kind: 'tokens'; readonly tokens: TokenResponse } | { readonly kind: 'refused'; readonly words: string }
> {
  const flow = flowOf(subject)
  const { client, request } = await flow.request(wish)
  const reception = await receive(subject, request)
  if (reception.kind === 'kept') return { kind: 'refused', words: reception.words }
  if (reception.answer.kind !== 'code') return { kind: 'refused', words: answerInWords(reception.answer) }
  const grant = codeGrant(reception.answer.code, request)
  const answer = await requestToken(subject.wire, serverOf(subject), client, grant)
  if (answer.kind !== 'tokens') return { kind: 'refused', words: refusalInWords(answer) }
  return { kind: 'tokens', tokens: answer.tokens }
}

export const nothingAsked: Check<AuthorizationServerSubject> = {
  id: 'as-scope-left-out',
  requirement: 'AS-AZ-17',
  title: 'A request without state and scope leads to a token',
  risk: 'Clients that were told of no scopes send none, Claude Code and opencode among them, and some send no state.',
  sends: 'A sign-in without `state` and without `scope`.',
  expects: 'A code, and a token for it.',
  remedies: { general: 'Give scopes that every user has where none are named; take `state` for what it is, optional.' },
  run: asking(async (subject) => {
    const outcome = await tokensFor(subject, { change: { state: undefined, scope: undefined, prompt: undefined } })
    return outcome.kind === 'tokens' ? sound(outcome.tokens.scope ?? 'a token') : faulty(outcome.words)
  }),
}

/** Asks for the usual scopes, and for more than there is. */
function tooMuch(subject: AuthorizationServerSubject) {
  return rememberFor(flowOf(subject), 'too many scopes', subject.relay, async () => {
    if (subject.scopes.length === 0) throw unasked('no scopes are known to ask for: --scope names them')
    return tokensFor(subject, { change: { scope: [...subject.scopes, 'offline_access', UNKNOWN_SCOPE].join(' ') } })
  }).recall()
}

export const unknownScope: Check<AuthorizationServerSubject> = {
  id: 'as-scope-unknown',
  requirement: 'AS-SC-02',
  title: 'An unknown scope among known ones does not end the request',
  risk: 'Clients that ask for more than was named cannot connect: Claude Code for offline_access whether it is listed or not, mcp-remote for openid, email and profile where nobody names a scope.',
  sends: 'A sign-in with the usual scopes, `offline_access` and one that was made up.',
  expects: 'A token with the scopes that exist.',
  remedies: { general: 'Drop what cannot be granted, and answer `invalid_scope` only where nothing is left.' },
  run: asking(async (subject) => {
    const outcome = await tooMuch(subject)
    if (outcome.kind !== 'tokens') return faulty(outcome.words)
    const granted = [...wordsOf(outcome.tokens.scope), ...wordsOf(claimsOf(outcome.tokens.accessToken)?.scope)]
    return granted.includes(UNKNOWN_SCOPE) ? faulty('it granted the scope that was made up') : sound('it was left out')
  }),
}

export const offlineAccess: Check<AuthorizationServerSubject> = {
  id: 'as-scope-offline-access',
  requirement: 'AS-SC-06',
  title: 'offline_access is no scope of an access token',
  risk: 'A server that compares scopes with its own refuses the token, or shows a right that it does not have.',
  sends: 'A sign-in with the usual scopes, `offline_access` and one that was made up.',
  expects: 'An access token without it.',
  remedies: { general: 'Read `offline_access` as a wish for a refresh token, and write it into no token.' },
  run: asking(async (subject) => {
    const outcome = await tooMuch(subject)
    if (outcome.kind !== 'tokens') throw missing(outcome.words)
    const inside = claimsOf(outcome.tokens.accessToken)
    if (inside === undefined) return notApplicable('the token is opaque')
    return wordsOf(inside.scope).includes('offline_access')
      ? faulty('it is in the token')
      : sound('it is not in the token')
  }),
}

export const stepUpUnion: Check<AuthorizationServerSubject> = {
  id: 'as-step-up-union',
  requirement: 'AS-SC-03',
  title: 'Asking for more ends with what there was and what is new',
  risk: 'The client gains one right and loses the others, asks again for those, and never has both.',
  sends: 'A sign-in for the usual scopes, and one for these and those of --step-up-scope.',
  expects: 'A token with all of them.',
  remedies: { general: 'Grant what the request names and the person agreed to, not only what is new in it.' },
  run: asking(async (subject) => {
    if (subject.stepUpScopes.length === 0) throw unasked('no further scopes are known: --step-up-scope names them')
    const flow = flowOf(subject)
    const before = (await flow.first.recall()).tokens
    const { tokens } = await flow.tokens({ scopes: [...subject.scopes, ...subject.stepUpScopes] })
    const granted = wordsOf(tokens.scope ?? claimsOf(tokens.accessToken)?.scope)
    const had = wordsOf(before.scope).filter((scope) => subject.scopes.includes(scope))
    const lost = had.filter((scope) => !granted.includes(scope))
    if (lost.length > 0) return faulty(`it lost ${lost.join(', ')}`)
    const gained = subject.stepUpScopes.some((scope) => granted.includes(scope))
    return gained ? sound(granted.join(' ')) : incomplete('the person was not given what is new')
  }),
}
