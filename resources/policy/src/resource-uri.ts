/** Longer identifiers do not fit the headers and query strings that carry them. */
export const MAX_RESOURCE_URI_LENGTH = 2048

// RFC 3986 appendix B, for URIs with an authority: scheme, authority, path, query, fragment.
const URI_PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' }
const LOOPBACK_HOST = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

/**
 * Tells whether a host is this machine by its spelling alone, so that http to it stays on it.
 *
 * @param host the host of a URL, in lower case, without port
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 RFC 8252 §7.3}
 */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOST.test(host)
}

export type CanonicalResourceUri =
  | { readonly ok: true; readonly uri: string }
  | { readonly ok: false; readonly reason: string }

/**
 * Brings a resource identifier into its one spelling: scheme and host in lower case, no default port, no slash where
 * the path is empty. Every other byte stays as it is, because `/mcp` and `/mcp/` are two identifiers.
 *
 * @param input an absolute https URL, or http on a loopback host; no userinfo, no fragment
 * @returns the identifier that becomes `aud`, or the reason why the input cannot be one
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2 RFC 8707 §2}
 */
export function canonicalResourceUri(input: string): CanonicalResourceUri {
  if (input.length > MAX_RESOURCE_URI_LENGTH) return refuse(`is longer than ${MAX_RESOURCE_URI_LENGTH} characters`)
  const parts = URI_PARTS.exec(input)
  if (parts === null) return refuse('is not an absolute URL')
  const [, rawScheme = '', rawAuthority = '', path = '', query = '', fragment] = parts
  if (fragment !== undefined) return refuse('has a fragment')
  if (rawAuthority.includes('@')) return refuse('has a user name or password')
  const scheme = rawScheme.toLowerCase()
  const defaultPort = DEFAULT_PORTS[scheme]
  if (defaultPort === undefined) return refuse('is neither https nor http')
  const authority = withoutPort(rawAuthority.toLowerCase(), defaultPort)
  if (scheme === 'http' && !isLoopbackHost(authority.replace(/:\d+$/, ''))) {
    return refuse('is http on a host that is not loopback')
  }
  const origin = `${scheme}://${authority}`
  if (!isReadTheSameEverywhere(`${origin}${path === '' ? '/' : path}${query}`)) {
    return refuse(
      'is spelled in a way that URL parsers rewrite (dot segments, encoded host, characters outside RFC 3986)',
    )
  }
  return { ok: true, uri: `${origin}${path === '/' ? '' : path}${query}` }
}

function withoutPort(authority: string, defaultPort: string): string {
  if (authority.endsWith(defaultPort)) return authority.slice(0, -defaultPort.length)
  return authority.endsWith(':') ? authority.slice(0, -1) : authority
}

// Clients send what their URL parser made of it. If that differs from our bytes (`/a/../b`, `%41.example`, `127.1`),
// two parties would mean different servers by one string: refuse instead of choosing.
function isReadTheSameEverywhere(url: string): boolean {
  return URL.canParse(url) && new URL(url).href === url
}

function refuse(reason: string): CanonicalResourceUri {
  return { ok: false, reason }
}
