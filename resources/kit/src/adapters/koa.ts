import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Guard } from '../guard.ts'
import { passOn } from './node-admission.ts'
import { toWebRequest } from './node-message.ts'

/** What the guard needs of koa's context. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly originalUrl: string
  readonly request: { readonly req: IncomingMessage; body?: unknown }
  readonly state: object
  status: number
  body: unknown
  set(headers: { [name: string]: string }): void
}

/**
 * Middleware for koa. Use it before the router, so that it serves the well-known documents too. Behind it
 * `ctx.state.auth` and `ctx.req.auth` say who calls, `ctx.request.body` is the judged body, and the Authorization header
 * is gone.
 *
 * @param guard what `protect` made
 */
export function createKoaMiddleware(guard: Guard): (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  return async (ctx, next) => {
    const request = toWebRequest(ctx.req, { url: ctx.originalUrl, body: ctx.request.body })
    const admission = request && (await guard.admit(request))
    if (admission?.kind !== 'pass') {
      ctx.body = (await admission?.response.text()) || null
      // After the body, with which koa sets a status and a content type of its own.
      ctx.status = admission?.response.status ?? 400
      return ctx.set(Object.fromEntries(admission?.response.headers ?? []))
    }
    const req = passOn(admission, ctx.req, ctx.res)
    ctx.request.body = req.body
    Object.assign(ctx.state, { auth: req.auth })
    await next()
  }
}
