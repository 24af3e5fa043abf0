/** Long enough for `mcp:<noun>:<verb>` with a product's prefix, short enough for a header with fifty of them. */
export const MAX_SCOPE_LENGTH = 128

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/
const SEGMENT_SEPARATOR = /[:./]/
const EVERYTHING_WORDS: ReadonlySet<string> = new Set(['all', 'any', 'full', 'everything'])
const PROTOCOL_SCOPES: ReadonlySet<string> = new Set(['openid', 'offline_access'])

/**
 * Says why a string cannot be a scope of a protected resource, or undefined when it can.
 * Omnibus scopes are refused because one consent to them is a consent to tools that do not exist yet.
 *
 * @param scope the candidate
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 RFC 6749 §3.3}
 */
export function scopeProblem(scope: string): string | undefined {
  if (scope.length > MAX_SCOPE_LENGTH) return `is longer than ${MAX_SCOPE_LENGTH} characters`
  if (!SCOPE_TOKEN.test(scope)) return 'is not a scope: printable ASCII without space, quote and backslash (RFC 6749)'
  if (PROTOCOL_SCOPES.has(scope)) return 'belongs to the authorization server, not to a protected resource'
  if (isOmnibus(scope)) return 'is an omnibus scope: name one thing and one verb, for example mcp:issue:create'
  return undefined
}

function isOmnibus(scope: string): boolean {
  const lowerCase = scope.toLowerCase()
  if (lowerCase.includes('*') || lowerCase === 'admin') return true
  const lastSegment = lowerCase.split(SEGMENT_SEPARATOR).findLast((segment) => segment !== '')
  return lastSegment === undefined || EVERYTHING_WORDS.has(lastSegment)
}
