import type { Context, Middleware } from 'koa'
import type { ResourceRegistry } from '../../store/resource-registry.ts'
import { answerJson, answerWrongMethod, READ_METHODS } from '../endpoints.ts'
import type { RevocationFeed } from './feed.ts'
import { streamFeed } from './stream.ts'

const ADDRESS = /^\/resources\/([^/]+)\/revocations$/

/** Whether a path, below the issuer, is the feed of some resource. */
export function isRevocationFeed(path: string): boolean {
  return ADDRESS.test(path)
}

/**
 * Serves `/resources/{resource}/revocations` to anybody: ids of grants are random, and say nothing to who holds no token.
 * As a compact JWS, or as an event stream of them to who asks for one.
 */
export function serveRevocations(
  registry: Pick<ResourceRegistry, 'current'>,
  feed: RevocationFeed,
  report: (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void,
): Middleware {
  const stream = streamFeed(feed, report)
  return async (ctx, next) => {
    const [, named] = ADDRESS.exec(ctx.path) ?? []
    if (named === undefined) return next()
    if (!READ_METHODS.includes(ctx.method)) return answerWrongMethod(ctx, READ_METHODS)
    const snapshot = await registry.current()
    const name = decoded(named)
    const resource = snapshot.byId(name) ?? snapshot.byUri(name)
    if (resource === undefined) return answerJson(ctx, 404, 'not_found', 'There is no such resource.')
    ctx.set('Cache-Control', 'no-store')
    if (ctx.method === 'GET' && wantsStream(ctx)) return stream(ctx, resource.uri)
    const revoked = await feed.current(resource.uri)
    if (revoked === undefined) return answerJson(ctx, 404, 'not_found', 'There is no such resource.')
    ctx.set('Content-Type', 'application/jwt')
    ctx.body = await revoked.statement()
  }
}

function wantsStream(ctx: Context): boolean {
  return ctx.get('Accept').toLowerCase().includes('text/event-stream')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
