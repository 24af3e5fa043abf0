/** One cookie, and where it goes. */
interface Cookie {
  readonly name: string
  readonly value: string
  readonly origin: string
  /** A parent domain that it was set for; else it goes back to its origin alone. */
  readonly domain: string | undefined
  readonly path: string
  readonly secure: boolean
  /** Milliseconds since the epoch; undefined for one of this visit. */
  readonly expires: number | undefined
}

/** Cookies of one person, as far as sign-in pages need them. */
export interface CookieJar {
  /** Keeps what an answer sets; a cookie that is over is forgotten. */
  keep(url: URL, setCookie: readonly string[], now: number): void
  /** Value of the Cookie header; undefined for none. Longer paths first. */
  headerFor(url: URL, now: number): string | undefined
}

/** @see https://www.rfc-editor.org/rfc/rfc6265#section-5 */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>()
  return {
    keep(url, setCookie, now) {
      for (const line of setCookie) {
        const cookie = readCookie(line, url, now)
        if (cookie === undefined) continue
        const key = [cookie.domain ?? cookie.origin, cookie.path, cookie.name].join(' ')
        if (isOver(cookie, now)) cookies.delete(key)
        else cookies.set(key, cookie)
      }
    },
    headerFor(url, now) {
      const sent = [...cookies.values()]
        .filter((cookie) => !isOver(cookie, now) && goesTo(cookie, url))
        .sort((a, b) => b.path.length - a.path.length)
      return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ')
    },
  }
}

function readCookie(line: string, url: URL, now: number): Cookie | undefined {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim())
  const at = pair.indexOf('=')
  if (at < 1) return undefined
  const attributes = new Map(rest.map((part) => attributeOf(part)))
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase()
  const named = domain === undefined || domain === url.hostname || domain === '' ? undefined : domain
  // Nobody sets cookies for a stranger, nor for a whole top-level domain.
  if (named !== undefined && !(named.includes('.') && url.hostname.endsWith(`.${named}`))) return undefined
  const path = attributes.get('path')
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    origin: url.origin,
    domain: named,
    path: path?.startsWith('/') ? path : url.pathname.slice(0, Math.max(1, url.pathname.lastIndexOf('/'))),
    secure: attributes.has('secure'),
    expires: expiryOf(attributes, now),
  }
}

function attributeOf(part: string): readonly [string, string] {
  const at = part.indexOf('=')
  return at === -1 ? [part.toLowerCase(), ''] : [part.slice(0, at).toLowerCase(), part.slice(at + 1)]
}

/** Max-Age goes before Expires. */
function expiryOf(attributes: ReadonlyMap<string, string>, now: number): number | undefined {
  const age = attributes.get('max-age')
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0 ? 0 : now + Number(age) * 1_000
  const date = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(date) ? undefined : date
}

const isOver = ({ expires }: Cookie, now: number): boolean => expires !== undefined && expires <= now

/** Browsers treat loopback as a secure place, where a server without TLS sets Secure all the same. */
function goesTo({ origin, domain, path, secure }: Cookie, url: URL): boolean {
  const here =
    domain === undefined ? origin === url.origin : url.hostname === domain || url.hostname.endsWith(`.${domain}`)
  const below = url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
  const safe = !secure || url.protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  return here && below && safe
}
