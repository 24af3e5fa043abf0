import type { IncomingMessage } from 'node:http'

/**
 * The headers of a node request, as they came: from the raw ones, because node drops a second Authorization header, and
 * with it the evidence of two credentials.
 *
 * @param req the request; of HTTP/2 as well, whose authority counts as Host
 */
export function readHeaders({ rawHeaders, headers }: IncomingMessage): [string, string][] {
  const authority = headers[':authority']
  const names = rawHeaders.filter((_, at) => at % 2 === 0)
  const pairs = names.map((name, at): [string, string] => [name, rawHeaders[at * 2 + 1] ?? ''])
  const ordinary = pairs.filter(([name]) => !name.startsWith(':'))
  if (typeof authority !== 'string') return ordinary
  // A Host that says the same says nothing; one that differs stays next to it, and the two together are no host.
  return [['host', authority], ...ordinary.filter(([name, value]) => name !== 'host' || value !== authority)]
}

/** The token, and the proof that came with it. */
const CREDENTIALS: readonly string[] = ['authorization', 'dpop']

/**
 * Takes the token off a request, in each of the three shapes in which node shows headers.
 *
 * @param req the request that is handed on
 */
export function hideAuthorization(req: IncomingMessage): void {
  for (const name of CREDENTIALS) {
    delete req.headers[name]
    // Asked for before the raw headers change, from which node makes it on first use. HTTP/2 requests have none.
    delete req.headersDistinct?.[name]
  }
  const { rawHeaders } = req
  for (let at = rawHeaders.length - (rawHeaders.length % 2) - 2; at >= 0; at -= 2) {
    // In place, because HTTP/2 requests have no setter for it.
    if (CREDENTIALS.includes(rawHeaders[at]?.toLowerCase() ?? '')) rawHeaders.splice(at, 2)
  }
}
