import type { Egress, EgressOutcome } from '../egress/index.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import type { Report } from './report.ts'
import type { Slice } from './slice.ts'

// A key set with a dozen RSA keys and their certificates; a list of redirect URIs is smaller.
const MAX_BYTES = 65_536
// The engine gives up after this time by itself.
const TIMEOUT_MS = 2_500

/**
 * What the engine fetches by itself (`jwks_uri`, `sector_identifier_uri`) leaves through the one way out. Its own guard
 * looks at the address after it has connected, follows redirects, and has no limit of size.
 */
export function outgoing(egress: Egress, report: Report): Slice {
  return {
    fetch: async (url, options) => {
      const href = url instanceof URL ? url.href : String(url)
      if ((options?.method ?? 'GET') !== 'GET')
        throw new TypeError('the engine may read from others, not write to them')
      const accept = new Headers(options?.headers).get('accept') ?? 'application/json'
      const outcome = await egress.get(href, { trust: 'stranger', accept, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS })
      if (outcome.kind === 'answer') return answerOf(outcome)
      report('warn', `outgoing request ${outcome.kind}`, {
        correlationId: currentUnit().correlationId,
        code: 'SALLYPORT_E_EGRESS',
        url: href,
        host: outcome.host,
        setting: outcome.setting,
        reason: outcome.reason,
      })
      // What the engine says of it can reach the wire.
      throw new TypeError('the document could not be had')
    },
    fetchResponseBodyLimits: {
      'client_id metadata document': MAX_BYTES,
      jwks_uri: MAX_BYTES,
      sector_identifier_uri: MAX_BYTES,
    },
  }
}

// A body is not allowed with these.
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/** Of the headers only what says how to read the body: how long it is kept is not for a stranger to say. */
function answerOf({ status, headers, body }: Extract<EgressOutcome, { kind: 'answer' }>): Response {
  const content = NO_BODY.has(status) ? null : new Uint8Array(body)
  return new Response(content, { status, headers: { 'content-type': headers.get('content-type') ?? '' } })
}
