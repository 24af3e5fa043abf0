/**
 * Reads a body as text, but no more of it than allowed.
 *
 * @param response an answer whose body was not read
 * @param maxBytes how much is taken
 * @returns undefined when there is more than that; the rest is not waited for
 */
export async function readCapped(response: Response, maxBytes: number): Promise<string | undefined> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}

/**
 * Says why nobody answered. Node hides the reason of a failed fetch ("connect ECONNREFUSED …") in the cause.
 *
 * @param error what fetch threw
 */
export function describeFetchError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
