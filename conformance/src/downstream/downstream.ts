import { startListener } from '../listener/listener.ts'
import type { WebServerOptions } from '../listener/web-server.ts'
import type { WireRequest } from '../wire/message.ts'

/** A service in the examiner's process, which the subject calls. */
export interface Downstream {
  /** Its address, which is its resource identifier too. */
  readonly url: string
  /** What reached it, in order. */
  readonly reached: readonly WireRequest[]
  /** From now on it refuses every request by 401, or answers again. */
  setRefusing(refusing: boolean): void
  close(): Promise<void>
}

/** With a path, so that nobody has to agree on a slash behind a bare origin. */
const PATH = '/downstream'
/** A subject that calls without end must not fill the examiner's memory. */
const MAX_REMEMBERED = 500

/**
 * Starts a downstream on this machine. Every path of it answers.
 * @throws what `listen` throws: the port is in use
 */
export async function createDownstream(options: WebServerOptions = {}): Promise<Downstream> {
  const reached: WireRequest[] = []
  let refusing = false
  const { origin, close } = await startListener(options, (request) => {
    if (reached.length < MAX_REMEMBERED) reached.push(request)
    if (!refusing) return { status: 200, body: { ok: true } }
    const challenge = ['www-authenticate', 'Bearer error="invalid_token"'] as const
    return { status: 401, headers: [challenge], body: { error: 'invalid_token' } }
  })
  return {
    url: `${origin}${PATH}`,
    reached,
    setRefusing(value) {
      refusing = value
    },
    close,
  }
}
