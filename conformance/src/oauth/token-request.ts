import type { Header, WireAnswer, WireRequest } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { type AuthorizationServer, type OAuthClient, requireEndpoint } from './authorization-server.ts'
import { type AssertionChange, proveClient } from './client-authentication.ts'
import { type OAuthError, type OtherAnswer, objectOf, readRefusal } from './oauth-answer.ts'
import { encodeParameters, type Parameters } from './parameters.ts'

export const TOKEN_TYPE_ACCESS = 'urn:ietf:params:oauth:token-type:access_token'
export const GRANT_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** Anything about a request otherwise than usual. */
export interface RequestChange {
  /** Undefined leaves a parameter out, a list sends it more than once. */
  readonly parameters?: Parameters
  readonly headers?: readonly Header[]
  readonly assertion?: AssertionChange
}

/** A response with an access token (RFC 6749 §5.1); members are not judged here. */
export interface TokenResponse {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  readonly scope: string | undefined
  readonly expiresInSeconds: number | undefined
  readonly members: Readonly<Record<string, unknown>>
}

export type TokenAnswer =
  | { readonly kind: 'tokens'; readonly tokens: TokenResponse; readonly answer: WireAnswer }
  | OAuthError
  | OtherAnswer

/** Parameters of the grant that redeems a code. */
export function codeGrant(code: string, { redirectUri, pkce, parameters }: AuthorizationRequest): Parameters {
  return {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: pkce.verifier,
    resource: parameters.resource,
  }
}

/** Parameters of the grant that uses a refresh token. */
export function refreshGrant(refreshToken: string, wish: { resource?: string; scope?: string } = {}): Parameters {
  return { grant_type: 'refresh_token', refresh_token: refreshToken, ...wish }
}

/**
 * Parameters of the grant that exchanges an access token for another.
 * @see https://www.rfc-editor.org/rfc/rfc8693#section-2.1
 */
export function exchangeGrant(accessToken: string, wish: { resource?: string; scope?: string } = {}): Parameters {
  return {
    grant_type: GRANT_EXCHANGE,
    subject_token: accessToken,
    subject_token_type: TOKEN_TYPE_ACCESS,
    requested_token_type: TOKEN_TYPE_ACCESS,
    ...wish,
  }
}

/**
 * Builds a request to the token endpoint, to be sent alone or together with others.
 * @param grant its parameters, of any grant
 * @throws EndpointMissing
 */
export function buildTokenRequest(
  server: AuthorizationServer,
  client: OAuthClient,
  grant: Parameters,
  change: RequestChange = {},
): Promise<WireRequest> {
  return buildClientRequest(server, client, requireEndpoint(server, 'token_endpoint'), grant, change)
}

/** A form to any endpoint where a client shows who it is. */
export async function buildClientRequest(
  { issuer }: AuthorizationServer,
  client: OAuthClient,
  url: string,
  parameters: Parameters,
  change: RequestChange = {},
): Promise<WireRequest> {
  const proof = await proveClient(client, issuer, change.assertion)
  const replaced = new Set((change.headers ?? []).map(([name]) => name.toLowerCase()))
  const headers: readonly Header[] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['accept', 'application/json'],
    ...proof.headers,
  ]
  return {
    method: 'POST',
    url,
    headers: [...headers.filter(([name]) => !replaced.has(name)), ...(change.headers ?? [])],
    body: encodeParameters({ ...proof.parameters, ...parameters, ...change.parameters }),
  }
}

/** @throws EndpointMissing @throws Unanswered */
export async function requestToken(
  wire: Wire,
  server: AuthorizationServer,
  client: OAuthClient,
  grant: Parameters,
  change: RequestChange = {},
): Promise<TokenAnswer> {
  return readTokenAnswer(await wire.send(await buildTokenRequest(server, client, grant, change)))
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5 */
export function readTokenAnswer(answer: WireAnswer): TokenAnswer {
  const members = objectOf(answer)
  if (members === undefined || typeof members.access_token !== 'string') return readRefusal(answer)
  const text = (name: string): string | undefined => {
    const value = members[name]
    return typeof value === 'string' ? value : undefined
  }
  const { access_token: accessToken, expires_in: expiresInSeconds } = members
  const tokens: TokenResponse = {
    accessToken,
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    scope: text('scope'),
    expiresInSeconds: typeof expiresInSeconds === 'number' ? expiresInSeconds : undefined,
    members,
  }
  return { kind: 'tokens', tokens, answer }
}
