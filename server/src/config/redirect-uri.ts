/** Where an authorization response may go: a site, a program on this machine, or an app behind its own scheme. */
export type RedirectUriKind = 'web' | 'loopback' | 'private-use'

export type RedirectUriJudgement =
  | { readonly ok: true; readonly kind: RedirectUriKind }
  | { readonly ok: false; readonly reason: string }

/** Long enough for every client seen, short enough to be a column and a header line. */
const MAX_REDIRECT_URI_LENGTH = 2048

/** A client lists the callbacks of its editions; more than this is a list of other people's. */
export const MAX_REDIRECT_URIS = 20

/** Private-use redirects that are trusted as shipped: Cursor registers this one beside its loopback URI. */
export const SHIPPED_PRIVATE_USE_REDIRECTS: readonly string[] = ['cursor://anysphere.cursor-mcp']

/**
 * Schemes that run code, read the machine or mean something else to a browser. No allow-list opens them: an authorization
 * response sent to `javascript:` runs in the page that sent it.
 */
const REFUSED_SCHEMES: ReadonlySet<string> = new Set([
  'about',
  'blob',
  'chrome',
  'content',
  'data',
  'file',
  'filesystem',
  'ftp',
  'intent',
  'jar',
  'javascript',
  'mailto',
  'moz-extension',
  'resource',
  'sftp',
  'sms',
  'tel',
  'urn',
  'vbscript',
  'view-source',
  'ws',
  'wss',
])

/** RFC 3986 §2: every character a URI may hold. The rest (`\`, `"`, `<`, non-ASCII) is read differently by different parsers. */
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/
const AUTHORITY_URI = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)/

/** Redirect URIs whose port is chosen each time the program starts. @see RFC 8252 §7.3 */
const LOOPBACK_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d+(?=[/?]|$)/i

const LOOPBACK_LITERALS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * Judges one redirect URI as something a client may register, whatever door it came through.
 * @param uri the redirect URI, byte for byte as it would be registered
 * @param privateUse the operator's `scheme://host` entries whose private-use redirects are accepted
 * @returns its kind; `loopback` also covers https on loopback, which never proves who listens there
 * @see RFC 6749 §3.1.2, RFC 8252 §7, OAuth 2.1 §2.3.1
 */
export function judgeRedirectUri(uri: string, privateUse: readonly string[]): RedirectUriJudgement {
  const refusal = refuseSpelling(uri)
  if (refusal !== undefined) return { ok: false, reason: refusal }
  const scheme = (/^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(uri)?.[0] ?? '').toLowerCase()
  if (scheme === '') return { ok: false, reason: 'must be an absolute URI such as https://app.example.com/callback' }
  if (REFUSED_SCHEMES.has(scheme)) return { ok: false, reason: `must not use the scheme ${scheme}` }
  const authority = AUTHORITY_URI.exec(uri)?.[2]
  if (authority === undefined || authority === '') return { ok: false, reason: 'must name a host after ://' }
  // `https://trusted.example@evil.example/` shows one host and goes to the other.
  if (authority.includes('@')) return { ok: false, reason: 'must not hold a user name or password' }
  if (scheme === 'https' || scheme === 'http') return judgeHttp(uri, scheme, authority)
  if (privateUse.includes(`${scheme}://${authority}`)) return { ok: true, kind: 'private-use' }
  return { ok: false, reason: 'uses a private-use scheme and host that are not listed in privateUseRedirects' }
}

/** The same redirect URI for every port of http on loopback; any other as it is. */
export function withoutLoopbackPort(uri: string): string {
  return uri.replace(LOOPBACK_PORT, '$1')
}

/** Origin of the site that a redirect URI leads to; undefined for programs and apps on the person's own machine. */
export function siteOfRedirect(uri: string, privateUse: readonly string[]): string | undefined {
  const judged = judgeRedirectUri(uri, privateUse)
  return judged.ok && judged.kind === 'web' ? new URL(uri).origin : undefined
}

/**
 * Judges one entry of the operator's list of private-use redirects.
 * @returns the reason it cannot be listed, or undefined when it can
 */
export function refusePrivateUseEntry(entry: string): string | undefined {
  const match = /^([a-z][a-z0-9+.-]*):\/\/[A-Za-z0-9._-]+$/.exec(entry)
  if (match === null) return 'must be scheme://host with a lower-case scheme and nothing after the host'
  const scheme = match[1] ?? ''
  if (scheme === 'https' || scheme === 'http') return 'needs no entry: https and loopback redirects are always judged'
  if (REFUSED_SCHEMES.has(scheme)) return `must not open the scheme ${scheme}`
  return undefined
}

function refuseSpelling(uri: string): string | undefined {
  if (uri === '') return 'must not be empty'
  if (uri.length > MAX_REDIRECT_URI_LENGTH) return `must not be longer than ${MAX_REDIRECT_URI_LENGTH} characters`
  // Browsers drop tabs and line ends inside a URI: "java\nscript:" would pass the list of schemes.
  if (/[\s\p{Cc}]/u.test(uri)) return 'must not hold white space or control characters'
  if (uri.includes('*')) return 'must not hold a wildcard: it is compared character by character'
  if (uri.includes('#')) return 'must not have a fragment'
  if (!URI_CHARACTERS.test(uri)) return 'holds a character that a URI must write percent-encoded'
  return undefined
}

function judgeHttp(uri: string, scheme: string, authority: string): RedirectUriJudgement {
  if (!URL.canParse(uri)) return { ok: false, reason: 'must be a valid URL' }
  const { hostname } = new URL(uri)
  // 0x7f.1, 127.1, 2130706433 and %6c… reach a host whose name they do not show.
  if (authority.toLowerCase().replace(/:\d*$/, '') !== hostname) {
    return { ok: false, reason: `must write its host as ${hostname}` }
  }
  if (LOOPBACK_LITERALS.has(hostname)) return { ok: true, kind: 'loopback' }
  if (scheme === 'http') return { ok: false, reason: 'must use https: http is for 127.0.0.1, [::1] and localhost only' }
  return { ok: true, kind: reachesThisMachine(hostname) ? 'loopback' : 'web' }
}

/** Whether an https host is this machine under another name; what listens there is as unknown as on 127.0.0.1. */
function reachesThisMachine(hostname: string): boolean {
  return /^(127\.|0\.|\[::\]$|\[::ffff:7f)/.test(hostname) || /(^|\.)localhost\.?$/.test(hostname)
}
