import type { Middleware } from 'koa'
import type { InteractionDeps } from './ports.ts'

/**
 * Ends the browser's other session where somebody else has just signed in, whatever happened in other tabs meanwhile. The
 * engine would answer a change of person with a form that needs scripts.
 */
export function makeRoomForPerson(deps: Pick<InteractionDeps, 'interactions' | 'browserSessions'>): Middleware {
  return async (ctx, next) => {
    const { uid }: { uid?: string } = ctx.params
    const signedIn = uid === undefined ? undefined : (await deps.interactions.find(uid))?.signedIn
    const other = signedIn === undefined ? undefined : await deps.browserSessions.find(ctx.req, ctx.res)
    if (other !== undefined && other.accountId !== signedIn) await deps.browserSessions.end(other, ctx.req, ctx.res)
    return next()
  }
}
