import type { TokenVerifier } from '../access.ts'
import type { Guard } from '../guard.ts'
import { TokenRefusedError } from '../token/token-refusal.ts'

/** Middleware in front of `StreamableHTTPServerTransport` of @modelcontextprotocol/sdk 1.x, which runs on express. */
export { createExpressMiddleware as createSdk1Middleware } from './express.ts'

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
