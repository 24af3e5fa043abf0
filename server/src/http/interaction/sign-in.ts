import type { Context } from 'koa'
import { ACR } from '../../config/authentication-class.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { type Authentication, authenticate, tellRefusal } from '../authenticate.ts'
import type { PasskeyOnlyView } from '../pages/index.ts'
import { readForm } from '../request-body.ts'
import { answerExpired, answerForged, answerPage, answerPasskeyPage, moveTo } from './answer.ts'
import { factsOf } from './facts.ts'
import type { InteractionDeps, Pending } from './ports.ts'

/** Shows the sign-in page of an interaction. */
export async function showSignIn(ctx: Context, uid: string, deps: InteractionDeps): Promise<void> {
  const pending = await deps.interactions.find(uid)
  if (pending === undefined) return answerExpired(ctx, deps)
  if (pending.prompt !== 'login') return moveTo(ctx, pending, 'consent')
  answerSignInPage(ctx, 200, await renderSignIn(pending, deps, { login: pending.loginHint }), deps)
}

/** Takes login and password, or what a passkey signed. */
export async function takeSignIn(ctx: Context, uid: string, deps: InteractionDeps): Promise<void> {
  const pending = await deps.interactions.find(uid)
  if (pending?.prompt !== 'login') return answerExpired(ctx, deps)
  const form = await readForm(ctx.req)
  const csrf = form.get('csrf') ?? ''
  if (!deps.interactions.checkFormToken(pending, csrf)) return answerForged(ctx, deps)
  if (form.get('decision') === 'no-passkey') {
    await deps.interactions.refuseAuthentication(pending)
    return moveTo(ctx, pending, 'continue')
  }
  const login = form.get('login') ?? ''
  const proven = await prove(form, pending, deps)
  if (proven?.ok === true) {
    await deps.interactions.signIn(pending, proven)
    return moveTo(ctx, pending, 'continue')
  }
  const { status, error } = proven === undefined ? PASSKEY_NEEDED : tellRefusal(ctx, proven)
  answerSignInPage(ctx, status, await renderSignIn(pending, deps, { login, error }), deps)
}

function answerSignInPage(ctx: Context, status: number, html: string, deps: InteractionDeps): void {
  const answer = deps.passkeyCeremonies === undefined ? answerPage : answerPasskeyPage
  answer(ctx, status, html)
}

const PASSKEY_NEEDED = { status: 400, error: 'Only a passkey will do here. Nothing else was looked at.' } as const

/** @returns undefined for a password where it would not do, which is then not even looked at */
async function prove(
  form: URLSearchParams,
  pending: Pending,
  deps: InteractionDeps,
): Promise<Authentication | undefined> {
  const credential = form.get('credential')
  if (credential !== null && deps.passkeyCeremonies !== undefined) {
    return deps.passkeyCeremonies.prove(credential, bindingOf(form.get('csrf') ?? ''))
  }
  if (pending.neededAcr === ACR.passkey) return undefined
  return authenticate(form.get('login') ?? '', form.get('password') ?? '', deps)
}

/** The token of the form is of this interaction and session, and so is the challenge. */
function bindingOf(csrf: string): readonly string[] {
  return ['sign-in', csrf]
}

async function renderSignIn(
  pending: Pending,
  deps: InteractionDeps,
  typed: { login?: string | undefined; error?: string },
): Promise<string> {
  const { client, resource } = await factsOf(pending, deps)
  const options = await deps.passkeyCeremonies?.requestOptions(bindingOf(pending.formToken))
  return deps.pages.signIn({
    issuerHost: deps.issuerHost,
    correlationId: currentUnit().correlationId,
    client,
    resource,
    action: `${pending.nextPath}/sign-in`,
    csrf: pending.formToken,
    ...(options === undefined ? {} : { passkey: { options } }),
    ...(pending.neededAcr === ACR.passkey ? { passkeyOnly: await passkeyOnly(pending, deps) } : {}),
    ...(typed.login === undefined ? {} : { login: typed.login }),
    ...(typed.error === undefined ? {} : { error: typed.error }),
  })
}

/** Whoever is signed in here and has no passkey is told what to do; of anybody else nothing is known yet. */
async function passkeyOnly({ session }: Pending, deps: InteractionDeps): Promise<PasskeyOnlyView> {
  const view = { accountPath: `${deps.basePath}/account` }
  const account = session === undefined ? undefined : (await deps.sessions.findByUid(session.uid))?.account
  if (account === undefined || account.id !== session?.accountId) return view
  const owned = await deps.passkeys.list(account.id)
  return owned.some(({ suspendedAt }) => suspendedAt === undefined) ? view : { ...view, withoutPasskey: account.login }
}
