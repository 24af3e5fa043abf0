import type { Middleware } from 'koa'
import { OVERLOADED_CODE } from '../../store/overload.ts'
import { answerOverloaded, createRefusalNotice } from './busy.ts'

/** Each holds a socket and a body of tens of kilobytes, and waits for the same one core: past this many, each waits seconds. */
export const UNDER_WAY_MAX = 1_000

/**
 * Refuses requests at once while too many are under way: whoever waits in a long queue is gone when its turn comes, and the
 * work is done for nobody.
 * @param options.now milliseconds on a clock that never goes back
 */
export function shedOverload(options: {
  report: Parameters<typeof createRefusalNotice>[0]
  now: () => number
  most?: number
}): Middleware {
  const { report, now, most = UNDER_WAY_MAX } = options
  const notice = createRefusalNotice(report, now)
  let underWay = 0
  return async (ctx, next) => {
    if (underWay >= most) {
      notice('warn', 'the server is overloaded', { part: 'requests', code: OVERLOADED_CODE })
      return answerOverloaded(ctx)
    }
    underWay += 1
    try {
      await next()
    } finally {
      underWay -= 1
    }
  }
}
