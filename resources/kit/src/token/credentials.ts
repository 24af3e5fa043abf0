/** `DPoP`: the token comes with a proof, in a header of its own. */
export type TokenScheme = 'Bearer' | 'DPoP'

// RFC 6750 §2.1: b64token. RFC 9449 §7.1 has the same after another name.
const TOKEN = /^(bearer|dpop) +([A-Za-z0-9\-._~+/]+=*)$/i
const OTHER_SCHEME = /^(?!(?:bearer|dpop)(?: |$))[!#$%&'*+\-.^_`|~0-9A-Za-z]+ +[^,]+$/i

export type Credentials =
  | { readonly kind: 'token'; readonly scheme: TokenScheme; readonly token: string }
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
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.1 RFC 9449 §7.1}
 */
export function readCredentials(authorization: string | null, url: URL): Credentials {
  const isInQuery = url.searchParams.has('access_token')
  if (authorization === null) return { kind: isInQuery ? 'in-query' : 'none' }
  if (isInQuery) return { kind: 'malformed', detail: 'Credentials in both the Authorization header and the query' }
  const [, , token] = TOKEN.exec(authorization) ?? []
  if (token !== undefined) return { kind: 'token', scheme: schemeOf(authorization), token }
  // Basic is no token, but a client that asks for ours can still learn how: that is a plain challenge.
  if (OTHER_SCHEME.test(authorization)) return { kind: 'none' }
  return { kind: 'malformed', detail: 'The Authorization header is not "Bearer" or "DPoP" and one token' }
}

/**
 * The scheme that a request speaks, so that it is answered in the same one.
 *
 * @param authorization the Authorization header, or null
 */
export function schemeOf(authorization: string | null): TokenScheme {
  return /^dpop /i.test(authorization ?? '') ? 'DPoP' : 'Bearer'
}
