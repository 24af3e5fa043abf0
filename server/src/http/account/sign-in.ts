import type { Context } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { authenticate, SIGN_IN_REFUSED } from '../authenticate.ts'
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
  const signedIn =
    proven !== undefined && (await deps.browserSessions.signIn({ ...proven, amr: ['pwd'] }, ctx.req, ctx.res))
  if (!signedIn) return answerAccountPage(ctx, 401, renderSignIn(deps, { login, error: SIGN_IN_REFUSED }))
  moveToAccount(ctx, deps.basePath, '')
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
