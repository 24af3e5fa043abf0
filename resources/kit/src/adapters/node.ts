import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Guard } from '../guard.ts'
import { type GuardedRequest, passOn, sendWebResponse } from './node-admission.ts'
import { toWebRequest } from './node-message.ts'

export type { GuardedRequest } from './node-admission.ts'

/**
 * A request listener for `http.createServer`.
 *
 * @param guard what `protect` made
 * @param next the MCP server: `req.auth` says who calls, `req.body` is the judged body, the token is gone
 * @param onError is told what `next` threw; the client gets 500 without a reason
 */
export function createNodeHandler(
  guard: Guard,
  next: (req: GuardedRequest, res: ServerResponse) => unknown,
  onError: (error: unknown) => void = (error) => console.error(error),
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    try {
      const request = toWebRequest(req)
      const admission = request && (await guard.admit(request))
      if (admission?.kind !== 'pass') return await sendWebResponse(admission?.response, res)
      await next(passOn(admission, req, res), res)
    } catch (error) {
      // Nobody waits for this promise: thrown on, one bad request would end the process.
      onError(error)
      if (res.headersSent) res.destroy()
      else res.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"server_error"}')
    }
  }
}
