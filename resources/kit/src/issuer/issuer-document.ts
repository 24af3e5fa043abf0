import { describeFetchError, readCapped } from './answer-body.ts'

/** A key set with fifty RSA keys has about 50 kB; nobody needs more, and the memory is ours. */
export const MAX_DOCUMENT_BYTES = 262_144

/** A request waits for this at the longest, so it is shorter than what clients wait for an answer. */
export const DOCUMENT_TIMEOUT_SECONDS = 5

export type IssuerDocument =
  | { readonly ok: true; readonly value: unknown }
  /** `absent`: a server answered, but not with the document. `unreachable`: nobody answered. */
  | { readonly ok: false; readonly kind: 'absent' | 'unreachable'; readonly detail: string }

/**
 * Fetches a JSON document of the issuer: no redirects, capped in size and time.
 *
 * @param url an absolute URL from the options or from the issuer's metadata
 * @param fetchFunction the fetch to use
 */
export async function fetchIssuerDocument(url: string, fetchFunction: typeof fetch): Promise<IssuerDocument> {
  try {
    const response = await fetchFunction(url, {
      headers: { accept: 'application/json' },
      // A redirect would let whoever answers here choose where our keys come from.
      redirect: 'manual',
      signal: AbortSignal.timeout(DOCUMENT_TIMEOUT_SECONDS * 1000),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      const kind = response.status >= 500 || response.status === 429 ? 'unreachable' : 'absent'
      return { ok: false, kind, detail: `${url} answered ${response.status}` }
    }
    const text = await readCapped(response, MAX_DOCUMENT_BYTES)
    if (text === undefined)
      return { ok: false, kind: 'absent', detail: `${url} is larger than ${MAX_DOCUMENT_BYTES} bytes` }
    return parseDocument(url, text)
  } catch (error) {
    return { ok: false, kind: 'unreachable', detail: `${url}: ${describeFetchError(error)}` }
  }
}

function parseDocument(url: string, text: string): IssuerDocument {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, kind: 'absent', detail: `${url} is not JSON` }
  }
}
