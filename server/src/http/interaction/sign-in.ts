import type { Context } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { authenticate, tellRefusal } from '../authenticate.ts'
import { readForm } from '../request-body.ts'
import { answerExpired, answerForged, answerPage, moveTo } from './answer.ts'
import { factsOf } from './facts.ts'
import type { InteractionDeps, Pending } from './ports.ts'

/** Shows the sign-in page of an interaction. */
export async function showSignIn(ctx: Context, uid: string, deps: InteractionDeps): Promise<void> {
  const pending = await deps.interactions.find(uid)
  if (pending === undefined) return answerExpired(ctx, deps)
  if (pending.prompt !== 'login') return moveTo(ctx, pending, 'consent')
  answerPage(ctx, 200, await renderSignIn(pending, deps, { login: pending.loginHint }))
}

/** Takes login and password. */
export async function takeSignIn(ctx: Context, uid: string, deps: InteractionDeps): Promise<void> {
  const pending = await deps.interactions.find(uid)
  if (pending?.prompt !== 'login') return answerExpired(ctx, deps)
  const form = await readForm(ctx.req)
  if (!deps.interactions.checkFormToken(pending, form.get('csrf') ?? '')) return answerForged(ctx, deps)
  const login = form.get('login') ?? ''
  const proven = await authenticate(login, form.get('password') ?? '', deps)
  if (!proven.ok) {
    const { status, error } = tellRefusal(ctx, proven)
    return answerPage(ctx, status, await renderSignIn(pending, deps, { login, error }))
  }
  const { accountId, passwordVersion } = proven
  await deps.interactions.signIn(pending, { accountId, passwordVersion, amr: ['pwd'] })
  moveTo(ctx, pending, 'continue')
}

async function renderSignIn(
  pending: Pending,
  deps: InteractionDeps,
  typed: { login?: string | undefined; error?: string },
): Promise<string> {
  const { client, resource } = await factsOf(pending, deps)
  return deps.pages.signIn({
    issuerHost: deps.issuerHost,
    correlationId: currentUnit().correlationId,
    client,
    resource,
    action: `${pending.nextPath}/sign-in`,
    csrf: pending.formToken,
    ...(typed.login === undefined ? {} : { login: typed.login }),
    ...(typed.error === undefined ? {} : { error: typed.error }),
  })
}
