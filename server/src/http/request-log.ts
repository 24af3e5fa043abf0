import type { Middleware } from 'koa'
import { currentUnit } from '../store/unit-of-work.ts'

type Report = (level: 'debug', message: string, detail: Readonly<Record<string, unknown>>) => void

/** One line for each request: the path without its query, which holds codes and states. */
export function logRequests(report: Report): Middleware {
  return async (ctx, next) => {
    const started = performance.now()
    const { method } = ctx
    const [path] = ctx.url.split('?')
    await next()
    const milliseconds = Math.round(performance.now() - started)
    report('debug', 'request', {
      method,
      path,
      status: ctx.status,
      milliseconds,
      address: currentUnit().callerAddress,
      correlationId: currentUnit().correlationId,
    })
  }
}
