import { type DocumentRefusal, refuse } from './refusal.ts'

/** Long enough for every client seen by far; it travels in cookies, tokens and audit events. */
const MAX_URL_LENGTH = 1024

const SCHEME = /^https:/i
/** RFC 3986 §2: every character a URI may hold. The rest is read differently by different parsers, a backslash above all. */
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/
// Of the text as it came: a parser would have resolved the segments away before anybody could see them.
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i

/** Whether a client id claims to be the URL of a document. Nothing that is registered or generated here ever does. */
export function isDocumentUrl(clientId: string): boolean {
  return SCHEME.test(clientId)
}

/**
 * Judges the form of a client id before anything is fetched. One client has one id, so the URL must be spelled as a
 * parser would write it: no second spelling can pass for it, and no two parsers can disagree about its host.
 * @returns the host with its port, as people are shown it, or the refusal
 * @see draft-ietf-oauth-client-id-metadata-document §3
 */
export function judgeDocumentUrl(clientId: string): { readonly ok: true; readonly host: string } | DocumentRefusal {
  if (clientId.length > MAX_URL_LENGTH) return refuse('url', `is longer than ${MAX_URL_LENGTH} characters`)
  if (!URI_CHARACTERS.test(clientId)) return refuse('url', 'holds a character that a URI must write percent-encoded')
  const url = URL.parse(clientId)
  if (url === null) return refuse('url', 'is not a URL')
  if (url.protocol !== 'https:') return refuse('url', 'does not use https')
  if (url.username !== '' || url.password !== '' || clientId.includes('@')) {
    return refuse('url', 'holds a user name or password, or an @ that could be read as one')
  }
  if (clientId.includes('#')) return refuse('url', 'has a fragment')
  const path = clientId
    .replace(/^[^/]*\/\/[^/?]*/, '')
    .split('?', 1)
    .join('')
  if (path === '' || path === '/') return refuse('url', 'has no path')
  if (path.split('/').some((segment) => DOT_SEGMENT.test(segment))) return refuse('url', 'has a dot segment')
  if (url.href !== clientId) return refuse('url', `is not spelled as parsers write it: ${url.href}`)
  return { ok: true, host: url.host }
}
