import { isIP } from 'node:net'

/** Who wrote the URL down: a stranger, or the operator in the settings. */
export type Trust = 'stranger' | 'settings'

/** Where a request goes, as far as the URL tells. */
export interface Destination {
  readonly url: URL
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string
  readonly port: number
  readonly secure: boolean
  /** The operator named this host and port: it may be private, and plain http. */
  readonly allowed: boolean
}

export type DestinationJudgement =
  | { readonly ok: true; readonly destination: Destination }
  | { readonly ok: false; readonly reason: string }

/** Longer URLs are refused by half of the Web, and everything about one would be as long. */
const MAX_URL_LENGTH = 2048

/** Anything else is a service that does not speak https, and a stranger who wants to know whether it is there. */
const STRANGER_PORTS: ReadonlySet<number> = new Set([443, 8443])

/**
 * Names that are never in the public DNS. Asking for them tells a network what it need not know.
 * @see RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476
 */
const SPECIAL_NAMES = ['localhost', 'local', 'internal', 'invalid', 'onion', 'alt', 'home.arpa']

/**
 * Judges a URL by itself, before any name is looked up.
 * @param written the URL as it came
 * @param allow `host:port` that may be private or http, for URLs of the settings alone
 */
export function judgeDestination(written: string, trust: Trust, allow: ReadonlySet<string>): DestinationJudgement {
  const url = written.length > MAX_URL_LENGTH ? null : URL.parse(written)
  if (url === null) return refused(`must be a URL of at most ${MAX_URL_LENGTH} characters`)
  const reason = refuseForm(url, written)
  if (reason !== undefined) return refused(reason)
  const destination = describe(url, trust === 'settings' ? allow : new Set())
  const refusal = refuseScheme(destination) ?? (trust === 'stranger' ? refuseStranger(destination, written) : undefined)
  return refusal === undefined ? { ok: true, destination } : refused(refusal)
}

function refused(reason: string): DestinationJudgement {
  return { ok: false, reason }
}

function refuseForm(url: URL, written: string): string | undefined {
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (written.includes('#')) return 'must not have a fragment'
  // The same host by another name: certificates and comparisons do not expect it.
  return url.hostname.endsWith('.') ? 'must not have a host name that ends with a dot' : undefined
}

function refuseScheme({ url, secure, allowed }: Destination): string | undefined {
  if (secure || (url.protocol === 'http:' && allowed)) return undefined
  return 'must use https'
}

function refuseStranger({ url, hostname, port }: Destination, written: string): string | undefined {
  // Every odd spelling ends here: numbers in octal, letters of other scripts, backslashes, dots that climb.
  if (url.href !== written) return `must be written as URL parsers write it: ${url.href}`
  if (isIP(hostname) !== 0) return 'must name its host, not number it'
  if (!hostname.includes('.')) return `has a host that is no public name: ${hostname}`
  const special = SPECIAL_NAMES.find((name) => hostname.endsWith(`.${name}`))
  if (special !== undefined) return `has a host below .${special}, which is not in the public DNS`
  return STRANGER_PORTS.has(port) ? undefined : `must use port ${[...STRANGER_PORTS].join(' or ')}`
}

function describe(url: URL, allow: ReadonlySet<string>): Destination {
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const allowed = allow.has(`${url.hostname}:${port}`)
  return { url, hostname: url.hostname.replace(/^\[|\]$/g, ''), port, secure, allowed }
}
