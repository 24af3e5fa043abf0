/** One hour: browsers keep a preflight answer no longer than a working session with a tool. */
const PREFLIGHT_MAX_AGE_SECONDS = 3_600

/** A preflight that lists more headers than a tool has parameters is not worth an answer for each. */
const MAX_PARAMETER_HEADERS = 50

const ALLOWED_METHODS = 'GET, POST, DELETE, OPTIONS'
const ALLOWED_HEADERS: readonly string[] = [
  'authorization',
  'content-type',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'mcp-session-id',
  'last-event-id',
  'dpop',
]
const EXPOSED_HEADERS = 'WWW-Authenticate, DPoP-Nonce, Mcp-Session-Id, Retry-After'
const PARAMETER_HEADER = /^mcp-param-[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/

/**
 * The headers by which a browser lets a page of an allowed origin read the answer. No credentials mode: tokens travel
 * in a header that the page sets itself.
 *
 * @param origin an allowed origin, or null when the request has none
 */
export function buildCorsHeaders(origin: string | null): Readonly<Record<string, string>> {
  if (origin === null) return { vary: 'Origin' }
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS,
  }
}

/**
 * Answers a preflight, which browsers send without credentials.
 *
 * @param requestedHeaders Access-Control-Request-Headers, or null
 * @param corsHeaders what `buildCorsHeaders` answered
 */
export function buildPreflightResponse(
  requestedHeaders: string | null,
  corsHeaders: Readonly<Record<string, string>>,
): Response {
  // CORS has no pattern for names, so the headers of tool parameters are allowed by naming them back.
  const parameterHeaders = (requestedHeaders ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => PARAMETER_HEADER.test(name))
    .slice(0, MAX_PARAMETER_HEADERS)
  return new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders,
      'access-control-allow-methods': ALLOWED_METHODS,
      'access-control-allow-headers': [...ALLOWED_HEADERS, ...parameterHeaders].join(', '),
      'access-control-max-age': String(PREFLIGHT_MAX_AGE_SECONDS),
    },
  })
}
