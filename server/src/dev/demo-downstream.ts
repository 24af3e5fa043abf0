import { ExchangeError, type Guard } from '@sallyport/resource'
import type { DemoAnswer } from './demo-mcp.ts'
import { READ_SCOPE } from './downstream-api.ts'

/** A person waits for the answer. */
const TIMEOUT_MS = 10_000

interface DownstreamReaderDeps {
  readonly guard: Pick<Guard, 'exchange'>
  /** Address and resource identifier of the API. */
  readonly url: string
  readonly log: (message: string) => void
}

/**
 * Makes what downstream_read does: reaches the API with a token of the demo's own, made from the caller's, which stays
 * where it is.
 */
export function createDownstreamReader({
  guard,
  url,
  log,
}: DownstreamReaderDeps): (caller: { readonly token: string }) => Promise<DemoAnswer> {
  return async (caller) => {
    try {
      // Fresh, because whoever takes a permission back wants to see it gone.
      const { accessToken } = await guard.exchange(caller, { resource: url, scope: READ_SCOPE, fresh: true })
      const response = await fetch(url, {
        headers: { authorization: `Bearer ${accessToken}` },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (response.ok) return { ok: true, value: await response.json() }
      return { ok: false, reason: `The downstream API answered ${response.status}.` }
    } catch (error) {
      if (error instanceof ExchangeError) return { ok: false, reason: `${error.code}: ${error.message}.` }
      log(`downstream_read: ${String(error)}`)
      return { ok: false, reason: 'The downstream API could not be reached.' }
    }
  }
}
