import type { Middleware } from 'koa'
import { OverloadError } from '../store/overload.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { answerJson } from './endpoints.ts'
import { answerOverloaded } from './limits/busy.ts'
import { BodyTooLargeError } from './request-body.ts'

type Report = (level: 'warn' | 'error', message: string, detail: Readonly<Record<string, unknown>>) => void

// A client that hears this tries again by itself.
const RETRY_AFTER_SECONDS = '2'

/** Whatever was not foreseen ends here: the log learns everything, the caller only the id to ask about. */
export function answerFailures(report: Report): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (error instanceof BodyTooLargeError) return answerJson(ctx, 413, 'invalid_request', 'The body is too large.')
      const { correlationId, callerAddress: address } = currentUnit()
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
