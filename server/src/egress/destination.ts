import { isIP } from 'node:net'
import type { EgressBlock } from './failure.ts'

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
  | ({
      readonly ok: false
      /** Undefined when what was written is no URL. */
      readonly destination: Destination | undefined
    } & Refusal)

/** Why not, exactly for the operator's log, and by a word of a closed list. */
interface Refusal {
  readonly reason: string
  readonly block: EgressBlock
}

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
  if (url === null) {
    const reason = `must be a URL of at most ${MAX_URL_LENGTH} characters`
    return { ok: false, destination: undefined, block: 'url', reason }
  }
  const destination = describe(url, trust === 'settings' ? allow : new Set())
  const refusal =
    refuseForm(destination, written) ??
    refuseScheme(destination) ??
    (trust === 'stranger' ? refuseStranger(destination, written) : undefined)
  return refusal === undefined ? { ok: true, destination } : { ok: false, destination, ...refusal }
}

function refuseForm({ url }: Destination, written: string): Refusal | undefined {
  const refuse = (reason: string): Refusal => ({ block: 'url', reason })
  if (url.username !== '' || url.password !== '') return refuse('must not hold a user name or password')
  if (written.includes('#')) return refuse('must not have a fragment')
  // The same host by another name: certificates and comparisons do not expect it.
  return url.hostname.endsWith('.') ? refuse('must not have a host name that ends with a dot') : undefined
}

function refuseScheme({ url, secure, allowed }: Destination): Refusal | undefined {
  if (secure || (url.protocol === 'http:' && allowed)) return undefined
  return { block: 'scheme', reason: 'must use https' }
}

function refuseStranger({ url, hostname, port }: Destination, written: string): Refusal | undefined {
  // Every odd spelling ends here: numbers in octal, letters of other scripts, backslashes, dots that climb.
  if (url.href !== written) return { block: 'url', reason: `must be written as URL parsers write it: ${url.href}` }
  const host = refuseHost(hostname)
  if (host !== undefined) return { block: 'host', reason: host }
  if (STRANGER_PORTS.has(port)) return undefined
  return { block: 'port', reason: `must use port ${[...STRANGER_PORTS].join(' or ')}` }
}

function refuseHost(hostname: string): string | undefined {
  if (isIP(hostname) !== 0) return 'must name its host, not number it'
  if (!hostname.includes('.')) return `has a host that is no public name: ${hostname}`
  const special = SPECIAL_NAMES.find((name) => hostname.endsWith(`.${name}`))
  return special && `has a host below .${special}, which is not in the public DNS`
}

function describe(url: URL, allow: ReadonlySet<string>): Destination {
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const allowed = allow.has(`${url.hostname}:${port}`)
  return { url, hostname: url.hostname.replace(/^\[|\]$/g, ''), port, secure, allowed }
}
