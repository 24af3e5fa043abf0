import { NEEDS_LOGIN, unasked } from '../as/asking.ts'
import { answerInWords, arrivalInWords } from '../as/flow.ts'
import type { Person } from '../browser/browser.ts'
import { type AuthorizationRequest, buildAuthorizationRequest } from '../oauth/authorization-request.ts'
import { type AuthorizationServer, listedIn, type OAuthClient } from '../oauth/authorization-server.ts'
import { refusalInWords } from '../oauth/oauth-answer.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { type AuthorizationAnswer, readRedirect } from '../oauth/redirect.ts'
import { codeGrant, refreshGrant, requestToken, type TokenAnswer, type TokenResponse } from '../oauth/token-request.ts'
import type { ClientProfile } from './profile.ts'
import type { Live, Replay, ReplaySettings } from './replay.ts'

/** Words of a `scope`, which may be no text at all. */
export const wordsOf = (scope: unknown): readonly string[] =>
  typeof scope === 'string' ? scope.split(' ').filter((word) => word !== '') : []

/** Scopes that the client asks for first. */
export function firstScopes({ profile, scopes }: Replay, server: AuthorizationServer): readonly string[] {
  const { asks, otherwise } = profile.scope
  const listed = asks === 'server' ? listedIn(server, 'scopes_supported') : []
  const base = asks === 'none' ? [] : listed.length > 0 ? listed : scopes
  return withOfflineAccess(profile, server, base.length > 0 ? base : wordsOf(otherwise))
}

/** The same with `offline_access`, where the client adds it. */
export function withOfflineAccess(
  { scope }: ClientProfile,
  server: AuthorizationServer,
  scopes: readonly string[],
): readonly string[] {
  const adds =
    scope.offlineAccess === 'always' ||
    (scope.offlineAccess === 'if-listed' && listedIn(server, 'scopes_supported').includes('offline_access'))
  return adds && scopes.length > 0 ? [...new Set([...scopes, 'offline_access'])] : scopes
}

/** `resource` as the client spells it; undefined where the operator named none. */
function resourceOf({ profile, resource }: Replay): string | undefined {
  if (resource === undefined) return undefined
  return profile.resource.spelling === 'parsed' ? new URL(resource).href : resource
}

/** The authorization request of this client. @throws EndpointMissing */
export function authorizationOf(
  replay: Replay,
  server: AuthorizationServer,
  client: OAuthClient,
  scopes: readonly string[],
): AuthorizationRequest {
  const { profile } = replay
  const prompts = profile.scope.prompts && scopes.includes('offline_access')
  return buildAuthorizationRequest(server, client, {
    resource: profile.resource.authorize ? resourceOf(replay) : undefined,
    scopes,
    change: prompts ? { prompt: 'consent' } : {},
  })
}

/** Who signs in. @throws Unmet where nobody does, or there is nothing to sign in for */
export function personOf({ person, resource }: ReplaySettings): Person {
  if (person === undefined || resource === undefined) throw unasked(NEEDS_LOGIN)
  return person
}

/** What came of a visit to the pages, or why the client has nothing. */
export type Visit =
  | { readonly kind: 'code'; readonly code: string; readonly answer: AuthorizationAnswer }
  | { readonly kind: 'nothing'; readonly why: string }

/** Signs the person in and agrees. @throws Unmet without a person or a resource */
export async function visit(
  replay: Replay,
  server: AuthorizationServer,
  request: AuthorizationRequest,
): Promise<Visit> {
  const person = personOf(replay)
  const { browserFor } = replay
  const answers = { person, decision: 'allow' } as const
  const arrival = await browserFor(server).authorize(request.url, request.redirectUri, answers)
  if (arrival.kind !== 'redirected') return { kind: 'nothing', why: `it did not come back: ${arrivalInWords(arrival)}` }
  const answer = readRedirect(arrival.to)
  if (answer.kind !== 'code') return { kind: 'nothing', why: `it came back with ${answerInWords(answer)}` }
  const dislike = dislikeOf(replay, server, request, answer)
  return dislike === undefined ? { kind: 'code', code: answer.code, answer } : { kind: 'nothing', why: dislike }
}

function dislikeOf(
  { profile, issuer }: Replay,
  { metadata }: AuthorizationServer,
  { state }: AuthorizationRequest,
  answer: AuthorizationAnswer,
): string | undefined {
  if (answer.state !== state) return 'the answer does not bring its state back'
  const isPromised = metadata.authorization_response_iss_parameter_supported === true
  if (!profile.checksIss || (!isPromised && answer.iss === undefined)) return undefined
  return answer.iss === issuer ? undefined : `the answer names ${answer.iss ?? 'no issuer'}, and it expects ${issuer}`
}

/** Redeems a code as this client does. */
export function redeem(
  replay: Replay,
  server: AuthorizationServer,
  client: OAuthClient,
  { request, code }: { readonly request: AuthorizationRequest; readonly code: string },
): Promise<TokenAnswer> {
  const resource = replay.profile.resource.token ? resourceOf(replay) : undefined
  return requestToken(replay.wire, server, client, { ...codeGrant(code, request), resource })
}

/** The parameters of a refresh as this client sends it. @throws Unmet without a refresh token */
export function refreshOf(replay: Replay, { tokens, request }: Live): Parameters {
  if (tokens.refreshToken === undefined) throw unasked('the client was given no refresh token')
  const { profile } = replay
  const scope = profile.refreshScope === 'granted' ? (tokens.scope ?? String(request.parameters.scope ?? '')) : ''
  return {
    ...refreshGrant(tokens.refreshToken),
    resource: profile.resource.refresh === true ? resourceOf(replay) : undefined,
    scope: scope === '' ? undefined : scope,
  }
}

/** What the client holds after a refresh: a server that does not replace the refresh token leaves it out. */
export function after(live: Live, tokens: TokenResponse): Live {
  return { ...live, tokens: { ...tokens, refreshToken: tokens.refreshToken ?? live.tokens.refreshToken } }
}

/** What came of a whole authorization. */
export type Signed = { readonly kind: 'live'; readonly live: Live } | { readonly kind: 'nothing'; readonly why: string }

/** A whole authorization, from the request to the tokens. @throws Unmet without a person or a resource */
export async function authorizeAnew(
  replay: Replay,
  server: AuthorizationServer,
  client: OAuthClient,
  scopes: readonly string[],
): Promise<Signed> {
  const request = authorizationOf(replay, server, client, scopes)
  const came = await visit(replay, server, request)
  if (came.kind !== 'code') return came
  const answer = await redeem(replay, server, client, { request, code: came.code })
  if (answer.kind !== 'tokens') return { kind: 'nothing', why: `the code was not redeemed: ${refusalInWords(answer)}` }
  return { kind: 'live', live: { client, tokens: answer.tokens, request } }
}
