import type { ListenerAnswer } from '../listener/listener.ts'
import type { WireRequest } from '../wire/message.ts'
import { TOKEN_EXCHANGE } from './exchange.ts'

export interface IssuerEndpoints {
  readonly jwksUri: string
  answer(request: WireRequest): ListenerAnswer
}

/** What the endpoints tell; each is asked when a request comes, so that a change holds at once. */
export interface IssuerState {
  readonly keySet: () => unknown
  readonly introspect: (token: string) => unknown
  readonly exchange: (request: WireRequest) => ListenerAnswer
  readonly reachable: () => boolean
}

const NOT_OFFERED: ListenerAnswer = {
  status: 400,
  body: { error: 'unsupported_grant_type', error_description: 'this issuer only exchanges tokens' },
}
const OUT_OF_SERVICE: ListenerAnswer = { status: 503, body: { error: 'temporarily_unavailable' } }

/**
 * Metadata in every spelling that a resource server may try, keys, introspection, token exchange, and endpoints that metadata must name and
 * nobody needs here.
 * @param issuer its identifier, perhaps with a path
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414 §3} and §5 for the spellings
 */
export function createIssuerEndpoints(issuer: string, state: IssuerState): IssuerEndpoints {
  const base = new URL(issuer).pathname.replace(/\/$/, '')
  const metadata = metadataOf(issuer)
  const serve = new Map<string, (request: WireRequest) => ListenerAnswer>()
  for (const path of metadataPaths(base)) serve.set(path, () => ({ status: 200, body: metadata }))
  serve.set(`${base}/jwks`, () => ({ status: 200, body: state.keySet() }))
  serve.set(`${base}/introspect`, (request) => ({
    status: 200,
    body: state.introspect(formOf(request).get('token') ?? ''),
  }))
  for (const path of ['authorize', 'register']) serve.set(`${base}/${path}`, () => NOT_OFFERED)
  serve.set(`${base}/token`, (request) =>
    formOf(request).get('grant_type') === TOKEN_EXCHANGE ? state.exchange(request) : NOT_OFFERED,
  )
  return {
    jwksUri: metadata.jwks_uri,
    answer(request) {
      const answer = serve.get(new URL(request.url).pathname)
      if (answer === undefined) return { status: 404, body: { error: 'not_found' } }
      return state.reachable() ? answer(request) : OUT_OF_SERVICE
    },
  }
}

function formOf({ body = '' }: WireRequest): URLSearchParams {
  return new URLSearchParams(body)
}

function metadataPaths(base: string): readonly string[] {
  return ['oauth-authorization-server', 'openid-configuration'].flatMap((name) => [
    `/.well-known/${name}${base}`,
    `${base}/.well-known/${name}`,
  ])
}

function metadataOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    introspection_endpoint: `${issuer}/introspect`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', TOKEN_EXCHANGE],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }
}
