import type { Context } from 'koa'
import { currentUnit } from '../store/unit-of-work.ts'
import { answerForged, answerPage } from './interaction/answer.ts'
import type { InteractionDeps } from './interaction/ports.ts'
import { readForm } from './request-body.ts'

type SignOutDeps = Pick<InteractionDeps, 'browserSessions' | 'pages' | 'issuerHost' | 'basePath'>

/** Asks before signing out: a link on another site must not do it. */
export async function showSignOut(ctx: Context, deps: SignOutDeps): Promise<void> {
  const session = await deps.browserSessions.find(ctx.req, ctx.res)
  if (session === undefined) return answerSignedOut(ctx, deps)
  const { correlationId } = currentUnit()
  const { login, formToken: csrf } = session
  const view = { issuerHost: deps.issuerHost, correlationId, action: `${deps.basePath}/logout`, csrf, login }
  answerPage(ctx, 200, deps.pages.signOut(view))
}

/** Signs this browser out. What apps were allowed stays allowed. */
export async function takeSignOut(ctx: Context, deps: SignOutDeps): Promise<void> {
  const session = await deps.browserSessions.find(ctx.req, ctx.res)
  if (session === undefined) return answerSignedOut(ctx, deps)
  const form = await readForm(ctx.req)
  if (!deps.browserSessions.checkFormToken(session, form.get('csrf') ?? '')) return answerForged(ctx, deps)
  await deps.browserSessions.end(session, ctx.req, ctx.res)
  answerSignedOut(ctx, deps)
}

function answerSignedOut(ctx: Context, deps: SignOutDeps): void {
  const { correlationId } = currentUnit()
  answerPage(ctx, 200, deps.pages.signedOut({ issuerHost: deps.issuerHost, correlationId }))
}
