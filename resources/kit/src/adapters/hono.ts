import { type Access, type AuthInfo, authInfoOf } from '../access.ts'
import type { Guard } from '../guard.ts'
import { hideAuthorization } from './node-headers.ts'
import type { NodeRequest } from './node-message.ts'

/** What handlers behind the guard find by `c.get`; for `new Hono<{ Variables: GuardVariables }>()`. */
export interface GuardVariables {
  auth: AuthInfo | undefined
  access: Access | undefined
}

/** What the guard needs of Hono's context. */
export interface HonoContext {
  readonly req: { raw: Request; bodyCache: object; text(): Promise<string> }
  readonly env: unknown
  get res(): Response
  set res(response: Response | undefined)
  set(name: string, value: unknown): void
}

/**
 * Middleware for Hono. Use it for every path, so that it serves the well-known documents too. Behind it `c.get('auth')`
 * and `c.get('access')` say who calls, and neither `c.req` nor node's own request has the token.
 *
 * @param guard what `protect` made
 */
export function createHonoMiddleware(
  guard: Guard,
): (c: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (c, next) => {
    let passed = false
    const response = await guard.handle(await unreadRequest(c), async (request, access) => {
      passed = true
      c.req.raw = request
      c.req.bodyCache = {}
      if (isNodeEnvironment(c.env)) hideAuthorization(c.env.incoming)
      c.set('access', access)
      c.set('auth', access && authInfoOf(access))
      await next()
      return c.res
    })
    if (!passed) return response
    // Assigned over another one, it would get back the headers that the guard has changed.
    c.res = undefined
    c.res = response
    return undefined
  }
}

// A body that middleware in front of us has read is judged as it was read.
async function unreadRequest({ req }: HonoContext): Promise<Request> {
  const { raw } = req
  if (!raw.bodyUsed) return raw
  const { url, method, headers, signal } = raw
  return new Request(url, { method, headers, signal, body: await req.text() })
}

const isNodeEnvironment = (env: unknown): env is { readonly incoming: NodeRequest } =>
  typeof env === 'object' && env !== null && 'incoming' in env && typeof env.incoming === 'object'
