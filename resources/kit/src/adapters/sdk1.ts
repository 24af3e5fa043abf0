import type { ServerResponse } from 'node:http'
import { type AuthInfo, authInfoOf, type TokenVerifier } from '../access.ts'
import type { Guard } from '../guard.ts'
import { timerMilliseconds } from '../http/stream-expiry.ts'
import { TokenRefusedError } from '../token/token-refusal.ts'
import { hideAuthorization, type NodeRequest, sendWebResponse, toWebRequest } from './node-message.ts'

type AuthenticatedRequest = NodeRequest & { auth?: AuthInfo }

/**
 * Middleware for express or plain node in front of `StreamableHTTPServerTransport` of @modelcontextprotocol/sdk 1.x.
 * Mount it before the endpoint and at the root, so that it serves the well-known documents too. Behind it `req.auth`
 * is there, `req.body` is the judged body, and the Authorization header is gone.
 *
 * @param guard what `protect` made
 */
export function createSdk1Middleware(
  guard: Guard,
): (req: AuthenticatedRequest, res: ServerResponse, next: (error?: unknown) => void) => Promise<void> {
  return async (req, res, next) => {
    try {
      const request = toWebRequest(req)
      if (request === undefined) return void res.writeHead(400).end()
      const admission = await guard.admit(request)
      if (admission.kind === 'answer') return await sendWebResponse(admission.response, res)
      for (const [name, value] of Object.entries(admission.responseHeaders)) res.setHeader(name, value)
      hideAuthorization(req)
      if (admission.access !== undefined) req.auth = authInfoOf(admission.access)
      if (req.method === 'POST') req.body = admission.body
      if (admission.streamSecondsLeft !== undefined) endAfter(res, admission.streamSecondsLeft)
      next()
    } catch (error) {
      next(error)
    }
  }
}

/**
 * The guard's verifier for `requireBearerAuth` of that SDK, which answers 401 to its own error class only. What the
 * middleware above does besides (metadata, scopes of tools, 503, hiding the token) is then the server's own work.
 *
 * @param guard what `protect` made
 * @param InvalidTokenError that class, from `@modelcontextprotocol/sdk/server/auth/errors.js`
 */
export function createSdk1Verifier(guard: Guard, InvalidTokenError: new (message: string) => Error): TokenVerifier {
  return {
    verifyAccessToken: (token) =>
      guard.verifier.verifyAccessToken(token).catch((error: unknown) => {
        throw error instanceof TokenRefusedError ? new InvalidTokenError(error.message) : error
      }),
  }
}

function endAfter(res: ServerResponse, seconds: number): void {
  const timer = setTimeout(() => res.destroy(), timerMilliseconds(seconds))
  res.once('close', () => clearTimeout(timer))
}
