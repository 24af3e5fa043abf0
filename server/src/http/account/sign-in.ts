import type { Context } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { authenticate, MISMATCH, type Proven, tellRefusal } from '../authenticate.ts'
import { answerForged } from '../interaction/answer.ts'
import type { InteractionDeps } from '../interaction/ports.ts'
import { readForm } from '../request-body.ts'
import { answerAccountPage, moveToAccount } from './answer.ts'

/** Shows the sign-in page that belongs to no app's request. */
export async function showAccountSignIn(ctx: Context, deps: InteractionDeps): Promise<void> {
  if ((await deps.browserSessions.find(ctx.req, ctx.res)) !== undefined) return moveToAccount(ctx, deps.basePath, '')
  answerAccountPage(ctx, 200, renderSignIn(deps, {}))
}

/** Takes login and password. */
export async function takeAccountSignIn(ctx: Context, deps: InteractionDeps): Promise<void> {
  const form = await readForm(ctx.req)
  if (!deps.browserSessions.checkSignIn(form.get('csrf') ?? '')) return answerForged(ctx, deps)
  const login = form.get('login') ?? ''
  const proven = await authenticate(login, form.get('password') ?? '', deps)
  const outcome = proven.ok && !(await openSession(ctx, proven, deps)) ? MISMATCH : proven
  if (outcome.ok) return moveToAccount(ctx, deps.basePath, '')
  const { status, error } = tellRefusal(ctx, outcome)
  answerAccountPage(ctx, status, renderSignIn(deps, { login, error }))
}

function openSession(ctx: Context, { accountId, passwordVersion }: Proven, deps: InteractionDeps): Promise<boolean> {
  return deps.browserSessions.signIn({ accountId, passwordVersion, amr: ['pwd'] }, ctx.req, ctx.res)
}

function renderSignIn(deps: InteractionDeps, typed: { login?: string; error?: string }): string {
  return deps.pages.accountSignIn({
    issuerHost: deps.issuerHost,
    correlationId: currentUnit().correlationId,
    action: `${deps.basePath}/account/sign-in`,
    csrf: deps.browserSessions.openSignIn(),
    ...typed,
  })
}
