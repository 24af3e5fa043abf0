/** However short a host says: everybody who comes within it shares one look. */
const MIN_FRESH_SECONDS = 30
/** However long a host says: what it changes reaches new authorizations within a day. */
const MAX_FRESH_SECONDS = 86_400
/** Where it says nothing. */
const DEFAULT_FRESH_SECONDS = 300

/** Nothing a browser or a cache would take for a number of seconds is longer. */
const SECONDS = /^\d{1,10}$/

/**
 * For how long new authorizations may be made from a document, within our own bounds.
 * @param headers of its answer
 * @param now milliseconds since 1970
 * @returns seconds
 * @see RFC 9111 §4.2.1, §5.2.2
 */
export function freshSeconds(headers: { get(name: string): string | undefined }, now: number): number {
  const directives = parseCacheControl(headers.get('cache-control') ?? '')
  const stated = statedSeconds(directives, headers, now)
  return Math.min(MAX_FRESH_SECONDS, Math.max(MIN_FRESH_SECONDS, stated ?? DEFAULT_FRESH_SECONDS))
}

function statedSeconds(
  directives: ReadonlyMap<string, string>,
  headers: { get(name: string): string | undefined },
  now: number,
): number | undefined {
  if (directives.has('no-store') || directives.has('no-cache')) return 0
  const age = SECONDS.test(headers.get('age') ?? '') ? Number(headers.get('age')) : 0
  // Many people meet this server: it is a shared cache.
  const maxAge = directives.get('s-maxage') ?? directives.get('max-age')
  // A number that cannot be read is no permission to keep anything.
  if (maxAge !== undefined) return SECONDS.test(maxAge) ? Number(maxAge) - age : 0
  const expires = headers.get('expires')
  if (expires === undefined) return undefined
  const end = Date.parse(expires)
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(end) ? 0 : (end - (Number.isNaN(date) ? now : date)) / 1000
}

function parseCacheControl(value: string): ReadonlyMap<string, string> {
  const directives = value.split(',').map((directive) => directive.trim().toLowerCase().split('='))
  return new Map(directives.map(([name = '', argument = '']) => [name.trim(), argument.trim().replaceAll('"', '')]))
}
