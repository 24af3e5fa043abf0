import { describeFetchError, readCapped } from './answer-body.ts'

/** An answer of the token endpoint has two tokens of some kB at most. */
export const MAX_ANSWER_BYTES = 65_536

/** Issuing takes a signature and a commit; a tool that waits longer than this has a client that gave up. */
export const POST_TIMEOUT_SECONDS = 10

export type FormAnswer =
  | {
      readonly ok: true
      readonly status: number
      /** Undefined when it is no JSON object of a bearable size. */
      readonly body: Readonly<Record<string, unknown>> | undefined
    }
  /** Nobody answered, or not in time. */
  | { readonly ok: false; readonly detail: string }

/**
 * Posts a form to the issuer: no redirects, capped in size and time, never twice.
 *
 * @param url an endpoint from the issuer's metadata
 * @param form what to send; it never appears in the answer's detail
 * @param fetchFunction the fetch to use
 */
export async function postForm(url: string, form: URLSearchParams, fetchFunction: typeof fetch): Promise<FormAnswer> {
  try {
    const response = await fetchFunction(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      // Some redirects repeat the body elsewhere, and the body holds credentials.
      redirect: 'manual',
      signal: AbortSignal.timeout(POST_TIMEOUT_SECONDS * 1000),
    })
    const text = await readCapped(response, MAX_ANSWER_BYTES)
    return { ok: true, status: response.status, body: text === undefined ? undefined : parseObject(text) }
  } catch (error) {
    return { ok: false, detail: `${url}: ${describeFetchError(error)}` }
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
