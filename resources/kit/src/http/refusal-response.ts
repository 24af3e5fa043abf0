import { FIRST_RETRY_SECONDS } from '../issuer/issuer-source.ts'
import { buildJsonRpcError, JSON_RPC_ERRORS } from '../mcp/json-rpc-answer.ts'
import type { TokenScheme } from '../token/credentials.ts'
import type { TokenRefusal } from '../token/token-refusal.ts'
import { buildChallenge, type Challenge } from './challenge.ts'
import type { Refusal } from './refusal.ts'

/** What every challenge of a resource has in common. */
export interface ChallengeContext {
  readonly resourceMetadata: string
  /** What a first login asks for. */
  readonly initialScopes: readonly string[]
}

/** The same with what the request at hand speaks. */
interface RequestContext extends ChallengeContext {
  readonly scheme: TokenScheme
}

/**
 * The one place where a refusal becomes a status, a challenge and a body.
 *
 * @param refusal why the request is not handed on
 * @param context what every challenge has in common, and the scheme that the request spoke
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750 §3.1}
 */
export function buildRefusalResponse(refusal: Refusal, context: RequestContext): Response {
  switch (refusal.kind) {
    case 'foreign-host':
      return json(400, { error: 'invalid_request', error_description: 'The Host header does not name this server' })
    case 'foreign-origin':
      return json(403, { error: 'access_denied', error_description: 'The Origin of this request is not allowed' })
    case 'no-credentials':
    case 'token-in-query':
      return unauthorized(context)
    case 'malformed-credentials':
      return challenge(400, 'invalid_request', refusal.detail, context.initialScopes, context)
    case 'token-refused':
      return tokenRefused(refusal.refusal, context)
    case 'issuer-unavailable':
      return json(
        503,
        { error: 'temporarily_unavailable', error_description: 'Access tokens cannot be checked at the moment' },
        { 'retry-after': String(FIRST_RETRY_SECONDS) },
      )
    case 'method-not-allowed':
      return json(405, { error: 'invalid_request' }, { allow: 'GET, HEAD, POST, DELETE, OPTIONS' })
    case 'body-too-large':
      return json(413, buildJsonRpcError(JSON_RPC_ERRORS.invalidRequest, 'The body is too large', undefined))
    case 'body-unreadable':
      return json(400, buildJsonRpcError(JSON_RPC_ERRORS.parse, refusal.detail, undefined))
    case 'not-json-rpc':
      return json(400, buildJsonRpcError(JSON_RPC_ERRORS.invalidRequest, refusal.detail, undefined))
    case 'header-mismatch':
      return json(400, buildJsonRpcError(JSON_RPC_ERRORS.headerMismatch, refusal.detail, refusal.id))
    case 'insufficient-scope': {
      // A batch may name a hundred tools; the header has room for one.
      const [tool] = refusal.tools.length === 1 ? refusal.tools : ['This request']
      const description = `${tool} needs ${refusal.scopes.join(' ')}`
      return challenge(403, 'insufficient_scope', description, refusal.scopes, context)
    }
    case 'call-denied':
      return refusal.answer === undefined ? new Response(null, { status: 202 }) : json(200, refusal.answer)
    default:
      return refusal satisfies never
  }
}

function tokenRefused({ reason }: TokenRefusal, context: RequestContext): Response {
  const { initialScopes } = context
  if (reason === 'proof') {
    return challenge(401, 'invalid_dpop_proof', 'The DPoP proof was refused', initialScopes, {
      ...context,
      scheme: 'DPoP',
    })
  }
  const description = reason === 'expired' ? 'The access token has expired' : 'The access token was refused'
  // Who sends a bound token as a bearer token is told by the scheme what is missing.
  const scheme = reason === 'sender-constrained' ? 'DPoP' : context.scheme
  return challenge(401, 'invalid_token', description, initialScopes, { ...context, scheme })
}

// RFC 6750 §3.1: without credentials there is nothing to complain about, so neither header nor body has an error code.
function unauthorized(context: RequestContext): Response {
  const { initialScopes: scopes, resourceMetadata, scheme } = context
  return json(
    401,
    { message: 'This server needs an access token', resource_metadata: resourceMetadata },
    { 'www-authenticate': buildChallenge({ scheme, scopes, resourceMetadata }) },
  )
}

function challenge(
  status: number,
  error: NonNullable<Challenge['error']>,
  description: string,
  scopes: readonly string[],
  context: RequestContext,
): Response {
  const { resourceMetadata, scheme } = context
  return json(
    status,
    { error, error_description: description },
    { 'www-authenticate': buildChallenge({ scheme, error, description, scopes, resourceMetadata }) },
  )
}

function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })
}
