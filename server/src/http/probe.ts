import type { Middleware } from 'koa'
import type { Probes } from '../keys/probes.ts'
import type { Caller, ReadCaller } from './caller.ts'

/** Header of a question, and of the answer to it. */
export const PROBE_HEADER = 'x-sallyport-probe'
export const SEEN_HEADER = 'x-sallyport-seen'

/** How a request looked when it arrived, before anything was taken off it. */
export interface SeenRequest {
  /** Whoever opened the connection. */
  readonly peer: string | null
  /** Whom the log would name. */
  readonly caller: string | null
  readonly trusted: boolean
  readonly forwardedFor: string | null
  readonly forwardedProto: string | null
}

/**
 * Tells the operator's own questions what arrived of them; for everybody else the header does not exist.
 * @param deps.watch told of the callers of all other requests: a question forges headers on purpose
 * @param deps.now seconds since 1970
 */
export function answerProbes(deps: {
  probes: Probes
  readCaller: ReadCaller
  watch: (caller: Caller) => void
  now: () => number
}): Middleware {
  const { probes, readCaller, watch, now } = deps
  return async (ctx, next) => {
    const probe = ctx.req.headers[PROBE_HEADER]
    const caller = readCaller(ctx.req)
    if (typeof probe !== 'string' || !probes.check(probe, now())) watch(caller)
    else {
      const { address, trusted } = caller
      const text = (name: string): string | null => ctx.req.headers[name]?.toString() ?? null
      const seen: SeenRequest = {
        peer: ctx.req.socket.remoteAddress ?? null,
        caller: address ?? null,
        trusted,
        forwardedFor: text('x-forwarded-for'),
        forwardedProto: text('x-forwarded-proto'),
      }
      ctx.set(SEEN_HEADER, Buffer.from(JSON.stringify(seen)).toString('base64url'))
    }
    await next()
  }
}
