import type { Middleware } from 'koa'
import { answerJson } from '../endpoints.ts'

/** Browsers behind two proxies send some forty. */
export const HEADERS_MAX = 100

/**
 * Refuses requests with more headers than any client sends. Node would leave the last ones out, and those are the ones that
 * the nearest proxy wrote: whom a request is for must not get lost behind what its sender wrote.
 * @see RFC 6585 §5
 */
export const refuseManyHeaders: Middleware = async (ctx, next) => {
  if (ctx.req.rawHeaders.length / 2 <= HEADERS_MAX) return next()
  return answerJson(ctx, 431, 'invalid_request', `There are more than ${HEADERS_MAX} headers.`)
}
