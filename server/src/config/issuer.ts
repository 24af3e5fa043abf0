export type IssuerJudgement = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** Well-known paths and callbacks are appended to it, and it is in every token. */
const MAX_ISSUER_LENGTH = 512

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * Judges an issuer identifier. Clients compare it byte for byte with what they were told, so only the spelling that
 * every URL parser gives back is accepted, and never one with a slash at the end.
 * @param issuer the identifier as written
 * @param allowLoopbackHttp true in development only
 * @see RFC 8414 §2
 */
export function judgeIssuer(
  issuer: string,
  { allowLoopbackHttp }: { readonly allowLoopbackHttp: boolean },
): IssuerJudgement {
  const reason = refuseIssuer(issuer, allowLoopbackHttp)
  return reason === undefined ? { ok: true } : { ok: false, reason }
}

function refuseIssuer(issuer: string, allowLoopbackHttp: boolean): string | undefined {
  if (issuer.length > MAX_ISSUER_LENGTH) return `must not be longer than ${MAX_ISSUER_LENGTH} characters`
  if (!/^https?:\/\//i.test(issuer) || !URL.canParse(issuer))
    return 'must be an https URL such as https://auth.example.com'
  if (issuer.includes('?')) return 'must not have a query'
  if (issuer.includes('#')) return 'must not have a fragment'
  const url = new URL(issuer)
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (issuer.endsWith('/')) return 'must not end with a slash: remove it'
  // A URL parser adds the slash of an empty path; nothing else may differ from what was written.
  const parsed = url.pathname === '/' ? url.origin : url.href
  if (parsed !== issuer) return `must be written as URL parsers write it: ${parsed}`
  if (url.protocol === 'https:') return undefined
  if (!LOOPBACK_HOSTS.has(url.hostname)) return 'must use https: http is for loopback and development only'
  return allowLoopbackHttp ? undefined : 'must use https: http on loopback is for `sallyport dev` only'
}
