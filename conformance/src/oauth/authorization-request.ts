import { randomBytes } from 'node:crypto'
import { type AuthorizationServer, type OAuthClient, requireEndpoint } from './authorization-server.ts'
import { encodeParameters, type Parameters } from './parameters.ts'
import { createPkce, type Pkce } from './pkce.ts'

/** What a client asks for. */
export interface AuthorizationWish {
  readonly resource?: string | undefined
  readonly scopes?: readonly string[]
  /** Any parameter otherwise than usual: undefined leaves it out, a list sends it more than once. */
  readonly change?: Parameters
}

/** One authorization request, and what its client keeps to go on with it. */
export interface AuthorizationRequest {
  readonly url: string
  readonly redirectUri: string
  readonly state: string
  readonly pkce: Pkce
  readonly parameters: Parameters
}

/**
 * @throws EndpointMissing
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 */
export function buildAuthorizationRequest(
  server: AuthorizationServer,
  { clientId, redirectUri }: OAuthClient,
  { resource, scopes = [], change = {} }: AuthorizationWish = {},
): AuthorizationRequest {
  const pkce = createPkce()
  const state = randomBytes(16).toString('base64url')
  const parameters: Parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    resource,
    scope: scopes.length === 0 ? undefined : scopes.join(' '),
    ...change,
  }
  const endpoint = new URL(requireEndpoint(server, 'authorization_endpoint'))
  const query = [endpoint.search.slice(1), encodeParameters(parameters)].filter((part) => part !== '').join('&')
  endpoint.search = query
  return { url: endpoint.href, redirectUri, state, pkce, parameters }
}
