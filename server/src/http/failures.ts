import type { Context, Middleware } from 'koa'
import { OverloadError } from '../store/overload.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { answerJson } from './endpoints.ts'
import { answerOverloaded } from './limits/busy.ts'
import { BodyTooLargeError } from './request-body.ts'

type Report = (level: 'debug' | 'warn' | 'error', message: string, detail: Readonly<Record<string, unknown>>) => void

// A client that hears this tries again by itself.
const RETRY_AFTER_SECONDS = '2'

/**
 * Whatever was not foreseen ends here: the log learns everything, the caller only the id to ask about. A request that its
 * sender broke off is no failure: anybody can do that, as often as they like, and would bury the errors that are.
 */
export function answerFailures(report: Report): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (error instanceof BodyTooLargeError) return answerJson(ctx, 413, 'invalid_request', 'The body is too large.')
      const { correlationId, callerAddress: address } = currentUnit()
      if (isBrokenOff(ctx, error)) {
        ctx.status = 400
        return report('debug', 'a request was broken off', { path: ctx.path, error, address, correlationId })
      }
      if (error instanceof OverloadError) {
        const { code, part } = error
        report('warn', 'the server is overloaded', { path: ctx.path, part, code, address, correlationId })
        return answerOverloaded(ctx)
      }
      report('error', 'request failed', { path: ctx.path, error, address, correlationId })
      ctx.set('Retry-After', RETRY_AFTER_SECONDS)
      const sentence = 'The server cannot answer right now: try again in a few seconds.'
      return answerJson(ctx, 503, 'temporarily_unavailable', sentence)
    }
  }
}

/** Errors that are about no answer any more: connections that break, and what failed outside of every other net. */
export function reportBrokenConnections(report: Report): (error: unknown, ctx?: Context) => void {
  return (error, ctx) => {
    const correlationId = ctx?.response.get('X-Correlation-Id')
    if (ctx?.req.socket.destroyed === true) report('debug', 'a connection broke', { error, correlationId })
    else report('error', 'request failed', { path: ctx?.path, error, correlationId })
  }
}

// The body may have come whole: who sends something after it that is no HTTP is cut off before it was read.
function isBrokenOff({ req }: Context, error: unknown): boolean {
  return (req.destroyed && !req.complete) || (req.errored !== null && req.errored === error)
}
