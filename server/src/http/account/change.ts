import type { Context } from 'koa'
import { refuseNewPassword } from '../../config/password-rule.ts'
import { authenticate, tellRefusal } from '../authenticate.ts'
import { answerForged } from '../interaction/answer.ts'
import type { InteractionDeps, SignedIn } from '../interaction/ports.ts'
import { readForm } from '../request-body.ts'
import { answerAccountPage, moveToAccount, WRONG_PASSWORD } from './answer.ts'
import { takePasskeyForm } from './passkeys.ts'
import { renderAccount } from './show.ts'

/** Takes one form of the account page: what is to be taken back, ended or changed stands in its button. */
export async function takeAccountForm(ctx: Context, deps: InteractionDeps): Promise<void> {
  const session = await deps.browserSessions.find(ctx.req, ctx.res)
  if (session === undefined) return moveToAccount(ctx, deps.basePath, '/sign-in')
  const form = await readForm(ctx.req)
  if (!deps.browserSessions.checkFormToken(session, form.get('csrf') ?? '')) return answerForged(ctx, deps)
  switch (form.get('change')) {
    case 'permission':
    case 'server':
    case 'client':
      await takeBack(session, form, deps)
      return moveToAccount(ctx, deps.basePath, '')
    case 'sessions':
      await deps.browserSessions.endAll(session, ctx.req, ctx.res)
      return moveToAccount(ctx, deps.basePath, '/sign-in')
    case 'add-passkey':
    case 'remove-passkey':
    case 'save-passkey':
      return takePasskeyForm(ctx, session, form, deps)
    case 'password':
      return changePassword(ctx, session, form, deps)
    default:
      return moveToAccount(ctx, deps.basePath, '')
  }
}

/** Whose it is comes from the session, never from the form. What was taken back already is no error: it is gone. */
async function takeBack(
  { accountId }: SignedIn,
  form: URLSearchParams,
  { consentList }: Pick<InteractionDeps, 'consentList'>,
): Promise<void> {
  const consentId = form.get('consent') ?? ''
  const scope = form.get('scope') ?? ''
  const clientId = form.get('client') ?? ''
  switch (form.get('change')) {
    case 'permission':
      await consentList.takeBack({ consentId, accountId, scope })
      return
    case 'server':
      await consentList.withdraw({ consentId, accountId })
      return
    case 'client':
      await consentList.withdraw({ clientId, accountId })
      return
    default:
  }
}

/** Whoever knew the old password may hold tokens: every session and grant ends with it, this one too. */
async function changePassword(
  ctx: Context,
  session: SignedIn,
  form: URLSearchParams,
  deps: InteractionDeps,
): Promise<void> {
  const refuse = async (error: string, status: 400 | 429 = 400): Promise<void> =>
    answerAccountPage(ctx, status, await renderAccount(session, deps, { error }))
  const wanted = form.get('new_password') ?? ''
  const proven = await authenticate(session.login, form.get('password') ?? '', deps)
  if (!proven.ok) {
    const { status, error } = tellRefusal(ctx, proven, WRONG_PASSWORD)
    return refuse(error, status === 429 ? 429 : 400)
  }
  const wrong = refuseNewPassword(wanted, session.login)
  if (wrong !== undefined) return refuse(`${wrong.charAt(0).toUpperCase()}${wrong.slice(1)}. Nothing was changed.`)
  await deps.accounts.setPasswordHash(session.login, await deps.hashPassword(wanted))
  await deps.browserSessions.endAll(session, ctx.req, ctx.res)
  moveToAccount(ctx, deps.basePath, '/sign-in')
}
