/** An answer of the issuer: status and JSON. */
export interface IssuerAnswer {
  readonly status: number
  readonly body: unknown
}

export interface IssuerEndpoints {
  readonly jwksUri: string
  /**
   * @param path path of the request, without its query
   * @param form the body, for introspection
   */
  answer(path: string, form: URLSearchParams): IssuerAnswer
}

/** What the endpoints tell; each is asked when a request comes, so that a change holds at once. */
export interface IssuerState {
  readonly keySet: () => unknown
  readonly introspect: (token: string) => unknown
  readonly reachable: () => boolean
}

const NOT_OFFERED: IssuerAnswer = {
  status: 400,
  body: { error: 'unsupported_grant_type', error_description: 'this issuer hands out no tokens over HTTP' },
}
const OUT_OF_SERVICE: IssuerAnswer = { status: 503, body: { error: 'temporarily_unavailable' } }

/**
 * Metadata in every spelling that a resource server may try, keys, introspection, and endpoints that metadata must name and
 * nobody needs here.
 * @param issuer its identifier, perhaps with a path
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414 §3} and §5 for the spellings
 */
export function createIssuerEndpoints(issuer: string, state: IssuerState): IssuerEndpoints {
  const base = new URL(issuer).pathname.replace(/\/$/, '')
  const metadata = metadataOf(issuer)
  const serve = new Map<string, (form: URLSearchParams) => IssuerAnswer>()
  for (const path of metadataPaths(base)) serve.set(path, () => ({ status: 200, body: metadata }))
  serve.set(`${base}/jwks`, () => ({ status: 200, body: state.keySet() }))
  serve.set(`${base}/introspect`, (form) => ({ status: 200, body: state.introspect(form.get('token') ?? '') }))
  for (const path of ['authorize', 'token', 'register']) serve.set(`${base}/${path}`, () => NOT_OFFERED)
  return {
    jwksUri: metadata.jwks_uri,
    answer(path, form) {
      const answer = serve.get(path)
      if (answer === undefined) return { status: 404, body: { error: 'not_found' } }
      return state.reachable() ? answer(form) : OUT_OF_SERVICE
    },
  }
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
    grant_types_supported: ['authorization_code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }
}
