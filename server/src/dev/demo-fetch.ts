import type { Egress } from '../egress/index.ts'
import type { DemoAnswer } from './demo-mcp.ts'

/** All that url_fetch may reach: an external-network tool has a list of destinations, not a list of exceptions. */
export const DEMO_DESTINATIONS: readonly string[] = ['https://example.com', 'https://modelcontextprotocol.io']

/** As much of a page as a model reads of one. */
const MAX_PAGE_BYTES = 256 * 1_024
/** A person waits for the answer. */
const TIMEOUT_MS = 10_000
const ACCEPT = 'text/html, text/plain, application/json;q=0.9'
/** Anything else is no text that a tool could answer with. */
const READABLE = /^(?:text\/|application\/json\b)/i

/**
 * Makes what url_fetch does: pages of the listed sites, and these through the guard of outgoing requests as well, so that
 * a name on the list that leads into a private network leads nowhere.
 *
 * @param deps.egress the guard; nothing has to be opened in it
 * @param deps.log told why a page could not be had
 * @param destinations origins that may be reached
 */
export function createDemoFetch(
  { egress, log }: { readonly egress: Pick<Egress, 'get'>; readonly log: (message: string) => void },
  destinations: readonly string[] = DEMO_DESTINATIONS,
): (url: string) => Promise<DemoAnswer> {
  return async (url) => {
    // Compared after parsing: https://example.com@127.0.0.1/ begins like a listed one.
    const target = URL.canParse(url) ? new URL(url) : undefined
    if (target === undefined || !destinations.includes(target.origin)) {
      return { ok: false, reason: `This tool reaches ${destinations.join(' and ')}, and nothing else.` }
    }
    const options = { trust: 'stranger', accept: ACCEPT, maxBytes: MAX_PAGE_BYTES, timeoutMs: TIMEOUT_MS } as const
    const outcome = await egress.get(target.href, options)
    if (outcome.kind !== 'answer') {
      // Which address a name has, and what is listening there, is not told to callers.
      log(`url_fetch of ${target.href}: ${outcome.reason}`)
      return { ok: false, reason: `${target.origin} could not be reached.` }
    }
    const type = outcome.headers.get('content-type') ?? ''
    if (!READABLE.test(type)) return { ok: false, reason: `${target.href} is not text.` }
    return {
      ok: true,
      value: { url: target.href, status: outcome.status, content_type: type, text: outcome.body.toString('utf8') },
    }
  }
}
