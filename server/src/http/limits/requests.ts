import type { Context, Middleware } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { CODES, ENGINE_ENDPOINTS } from '../endpoints.ts'
import { type Buckets, createBuckets, type Rate } from './buckets.ts'
import { answerLimited, createRefusalNotice } from './busy.ts'

/** Of one source at one endpoint. A whole company can be one source, and so can everybody who uses one hosted client. */
export const SOURCE: Rate = { perSecond: 300, burst: 300 }
/**
 * The same for what one client sends from there, so that one that runs wild does not stop the others of its office. Never of
 * a client alone: everybody may name a public one, and its users are all over the world.
 */
export const SOURCE_AND_CLIENT: Rate = { perSecond: 150, burst: 150 }
/** Of one grant or one client that was proven, wherever it comes from. */
export const PROVEN: Rate = { perSecond: 300, burst: 300 }

// What is answered 200 here was proven: it was sent with a grant, or by a client that showed its secret. It counts for what
// was proven and not for the source, which others share.
const PROVING = ['/token', '/introspect']

/** What keeps single callers from taking a whole process. */
export interface RequestLimits {
  /** Before anything of a request is read. */
  readonly bySource: Middleware
  /** When its parameters are known. */
  readonly byClient: Middleware
  /** Takes one for a grant or client that was proven. @returns how many seconds there is no room; 0 when there is */
  readonly takeProven: (who: string) => number
}

type Report = (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void

/** @param options.now milliseconds on a clock that never goes back */
export function createRequestLimits({ report, now }: { report: Report; now: () => number }): RequestLimits {
  const sources = createBuckets(SOURCE, now)
  const pairs = createBuckets(SOURCE_AND_CLIENT, now)
  const proven = createBuckets(PROVEN, now)
  const notice = createRefusalNotice(report, now)
  return {
    bySource: async (ctx, next) => {
      const key = sourceKey(ctx)
      const taken = [{ buckets: sources, key }]
      ctx.state.taken = taken
      const wait = sources.take(key)
      if (wait > 0) return refuse(ctx, wait, 'source', notice)
      await next()
      // The engine answers by itself, past the context.
      if (PROVING.includes(ctx.path) && ctx.res.statusCode === 200) giveBack(taken)
    },
    byClient: async (ctx, next) => {
      const clientId = namedClient(ctx)
      if (clientId === undefined) return next()
      const key = JSON.stringify([sourceKey(ctx), clientId])
      const wait = pairs.take(key)
      const taken: Taken[] = ctx.state.taken
      if (wait === 0) {
        taken.push({ buckets: pairs, key })
        return next()
      }
      // What one client has no room for takes nothing of what is left for others.
      giveBack(taken)
      return refuse(ctx, wait, 'source and client', notice)
    },
    takeProven: (who) => {
      const wait = proven.take(who)
      if (wait > 0) notice('warn', 'requests are refused', { limit: 'proven', code: CODES[429] })
      return wait
    },
  }
}

interface Taken {
  readonly buckets: Buckets
  readonly key: string
}

function giveBack(taken: readonly Taken[]): void {
  for (const { buckets, key } of taken) buckets.giveBack(key)
}

function sourceKey(ctx: Context): string {
  const endpoint = ENGINE_ENDPOINTS.has(ctx.path) ? ctx.path : 'other'
  return `${currentUnit().callerSource ?? ''} ${endpoint}`
}

function refuse(ctx: Context, wait: number, limit: string, notice: Report): void {
  const { correlationId, callerAddress: address } = currentUnit()
  notice('warn', 'requests are refused', { limit, path: ctx.path, address, correlationId, code: CODES[429] })
  answerLimited(ctx, wait)
}

/** The client that a request names, whoever sent it. */
function namedClient(ctx: Context): string | undefined {
  const named: unknown = ctx.state.clientId
  if (typeof named === 'string') return named
  const [, credentials] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(ctx.get('Authorization')) ?? []
  return credentials === undefined ? undefined : Buffer.from(credentials, 'base64').toString('utf8').split(':')[0]
}
