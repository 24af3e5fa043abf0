import type { Guard, Next } from '../guard.ts'

/**
 * A fetch handler for servers of that style: Hono, Deno, Bun, Workers, Next.js route handlers.
 *
 * @param guard what `protect` made
 * @param next the MCP server: gets the request without its token, and the verified access
 */
export function createFetchHandler(guard: Guard, next: Next): (request: Request) => Promise<Response> {
  return (request) => guard.handle(request, next)
}
