// RFC 6750 §2.1: b64token
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i
const OTHER_SCHEME = /^(?!bearer(?: |$))[!#$%&'*+\-.^_`|~0-9A-Za-z]+ +[^,]+$/i

export type BearerCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none' }
  /** Only in the query, where logs and referrers see it: not read, and no reason to treat the request as anonymous. */
  | { readonly kind: 'in-query' }
  | { readonly kind: 'malformed'; readonly detail: string }

/**
 * Finds the access token of a request. Only the Authorization header counts; a token in the query is never read, and
 * next to one in the header it makes the request malformed.
 *
 * @param authorization the Authorization header, several joined by comma, or null
 * @param url the URL of the request
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2 RFC 6750 §2}
 */
export function readBearerCredentials(authorization: string | null, url: URL): BearerCredentials {
  const isInQuery = url.searchParams.has('access_token')
  if (authorization === null) return { kind: isInQuery ? 'in-query' : 'none' }
  if (isInQuery) return { kind: 'malformed', detail: 'Credentials in both the Authorization header and the query' }
  const token = BEARER.exec(authorization)?.[1]
  if (token !== undefined) return { kind: 'token', token }
  // Basic or DPoP is no bearer token, but a client that asks for ours can still learn how: that is a plain challenge.
  if (OTHER_SCHEME.test(authorization)) return { kind: 'none' }
  return { kind: 'malformed', detail: 'The Authorization header is not "Bearer" and one token' }
}
