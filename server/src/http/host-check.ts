import type { Middleware } from 'koa'
import { answerJson } from './endpoints.ts'

/**
 * Refuses requests that were sent to another name. On a machine without TLS this is what stands between a page of some
 * site, whose name was made to point here (DNS rebinding), and this server.
 */
export function refuseForeignHost(host: string): Middleware {
  return async (ctx, next) => {
    if (ctx.req.headers.host === host) return next()
    return answerJson(ctx, 400, 'invalid_request', `This server answers to the host ${host} only.`)
  }
}
