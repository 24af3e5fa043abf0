import type { Context } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { type Authentication, authenticate, MISMATCH, tellRefusal } from '../authenticate.ts'
import { answerForged } from '../interaction/answer.ts'
import type { InteractionDeps } from '../interaction/ports.ts'
import { readForm } from '../request-body.ts'
import { answerAccountPage, moveToAccount } from './answer.ts'

/** Shows the sign-in page that belongs to no app's request. */
export async function showAccountSignIn(ctx: Context, deps: InteractionDeps): Promise<void> {
  if ((await deps.browserSessions.find(ctx.req, ctx.res)) !== undefined) return moveToAccount(ctx, deps.basePath, '')
  answerAccountPage(ctx, 200, await renderSignIn(deps, {}), deps.passkeyCeremonies !== undefined)
}

/** Takes login and password, or what a passkey signed. */
export async function takeAccountSignIn(ctx: Context, deps: InteractionDeps): Promise<void> {
  const form = await readForm(ctx.req)
  if (!deps.browserSessions.checkSignIn(form.get('csrf') ?? '')) return answerForged(ctx, deps)
  const login = form.get('login') ?? ''
  const proven = await prove(form, deps)
  const outcome = proven.ok && !(await deps.browserSessions.signIn(proven, ctx.req, ctx.res)) ? MISMATCH : proven
  if (outcome.ok) return moveToAccount(ctx, deps.basePath, '')
  const { status, error } = tellRefusal(ctx, outcome)
  answerAccountPage(ctx, status, await renderSignIn(deps, { login, error }), deps.passkeyCeremonies !== undefined)
}

function prove(form: URLSearchParams, deps: InteractionDeps): Promise<Authentication> {
  const credential = form.get('credential')
  if (credential !== null && deps.passkeyCeremonies !== undefined) {
    return deps.passkeyCeremonies.prove(credential, bindingOf(form.get('csrf') ?? ''))
  }
  return authenticate(form.get('login') ?? '', form.get('password') ?? '', deps)
}

/** The token of the form is of this browser, and so is the challenge. */
function bindingOf(csrf: string): readonly string[] {
  return ['account sign-in', csrf]
}

async function renderSignIn(deps: InteractionDeps, typed: { login?: string; error?: string }): Promise<string> {
  const csrf = deps.browserSessions.openSignIn()
  const options = await deps.passkeyCeremonies?.requestOptions(bindingOf(csrf))
  return deps.pages.accountSignIn({
    issuerHost: deps.issuerHost,
    correlationId: currentUnit().correlationId,
    action: `${deps.basePath}/account/sign-in`,
    csrf,
    ...(options === undefined ? {} : { passkey: { options } }),
    ...typed,
  })
}
