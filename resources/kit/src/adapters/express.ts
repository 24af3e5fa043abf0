import type { ServerResponse } from 'node:http'
import type { Guard } from '../guard.ts'
import { passOn, sendWebResponse } from './node-admission.ts'
import { type NodeRequest, toWebRequest } from './node-message.ts'

/**
 * Middleware for express and everything else that takes `(req, res, next)`. Mount it before the endpoint and at the
 * root, so that it serves the well-known documents too. Behind it `req.auth` is there for the transports of both SDK
 * lines, `req.body` is the judged body, and the Authorization header is gone.
 *
 * @param guard what `protect` made
 */
export function createExpressMiddleware(
  guard: Guard,
): (req: NodeRequest, res: ServerResponse, next: (error?: unknown) => void) => Promise<void> {
  return async (req, res, next) => {
    try {
      const request = toWebRequest(req)
      const admission = request && (await guard.admit(request))
      if (admission?.kind !== 'pass') return await sendWebResponse(admission?.response, res)
      passOn(admission, req, res)
      next()
    } catch (error) {
      next(error)
    }
  }
}
