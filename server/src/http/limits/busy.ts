import type { Context } from 'koa'
import { OVERLOADED_CODE } from '../../store/overload.ts'
import { answerJson } from '../endpoints.ts'

/** Too much was asked by this caller. @see RFC 6585 §4 */
export function answerLimited(ctx: Context, seconds: number): void {
  ctx.set('Retry-After', String(Math.max(1, Math.ceil(seconds))))
  answerJson(ctx, 429, 'temporarily_unavailable', 'Too many requests: try again when Retry-After has passed.')
}

// What is at hand is done by then.
const OVERLOAD_RETRY_SECONDS = '2'

/** Too much is asked by all callers together: better said at once than after the caller has given up. */
export function answerOverloaded(ctx: Context): void {
  ctx.set('Retry-After', OVERLOAD_RETRY_SECONDS)
  const sentence = 'The server has more to do than it can: try again in a few seconds.'
  answerJson(ctx, 503, 'temporarily_unavailable', sentence, OVERLOADED_CODE)
}

type Report = (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void

// Anyone can cause such a line, so they must not fill a disk.
const SAID_EVERY_MS = 1_000

/** Tells the operator that requests are refused, once a second at most, and how many were since. */
export function createRefusalNotice(report: Report, now: () => number): typeof report {
  let saidAt = Number.NEGATIVE_INFINITY
  let refused = 0
  return (level, message, detail) => {
    refused += 1
    if (now() - saidAt < SAID_EVERY_MS) return
    report(level, message, { ...detail, refused })
    saidAt = now()
    refused = 0
  }
}
