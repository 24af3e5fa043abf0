import type { Context, Middleware } from 'koa'
import { currentUnit } from '../store/unit-of-work.ts'

type Report = (level: 'debug' | 'info' | 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void

/** One line for each request: the path without its query, which holds codes and states. */
export function logRequests(report: Report): Middleware {
  return async (ctx, next) => {
    const started = performance.now()
    const { method } = ctx
    const [path] = ctx.url.split('?')
    await next()
    const milliseconds = Math.round(performance.now() - started)
    const { callerAddress: address, correlationId, refusedWith: code } = currentUnit()
    const line = { method, path, status: ctx.status, milliseconds, address, correlationId }
    if (isToldElsewhere(ctx, code)) return report('debug', 'request', line)
    // Whoever looks for what is not there meant no harm, as a rule.
    report(NOTHING_THERE.includes(ctx.status) ? 'info' : 'warn', 'request refused', { ...line, code })
  }
}

const NOTHING_THERE = [404, 405]

// A sign-in is told with its reason; what anyone can cause as often as they like, once a second.
const TOLD_BY_THEIR_OWN = [401, 429, 503]

/**
 * A refusal shows an id that people ask the operator about, so that a line with it is in the log. The engine tells its own.
 */
function isToldElsewhere({ respond, status }: Context, code: string | undefined): boolean {
  return code === undefined || respond === false || TOLD_BY_THEIR_OWN.includes(status)
}
