import type { Duration, ScopeDefinition } from '@sallyport/policy'
import type { Context } from 'koa'
import { siteOfRedirect } from '../../config/redirect-uri.ts'
import type { AuditEvent } from '../../store/audit-event.ts'
import { abandon, currentUnit } from '../../store/unit-of-work.ts'
import { readForm } from '../request-body.ts'
import { answerExpired, answerForged, answerPage, moveTo } from './answer.ts'
import { changesSinceConsent } from './changes.ts'
import { factsOf } from './facts.ts'
import {
  agreedPermissions,
  durationChoices,
  parseDuration,
  permissionView,
  preselectedDuration,
} from './permissions.ts'
import type { InteractionDeps, Pending } from './ports.ts'

/** A pending interaction whose person is known. */
type SignedInPending = Pending & { readonly session: { readonly uid: string; readonly accountId: string } }

const NOTHING_CHOSEN = 'Choose at least one permission, or deny.'

/** Shows who asks for what. */
export async function showConsent(ctx: Context, uid: string, deps: InteractionDeps): Promise<void> {
  const pending = await deps.interactions.find(uid)
  if (pending?.prompt === 'login') return moveTo(ctx, pending, 'sign-in')
  if (!isSignedIn(pending)) return answerExpired(ctx, deps)
  const html = await renderConsent(pending, deps)
  if (html === undefined) return answerExpired(ctx, deps)
  answerPage(ctx, 200, html)
}

/** Takes the person's decision. */
export async function takeConsent(ctx: Context, uid: string, deps: InteractionDeps): Promise<void> {
  const pending = await deps.interactions.find(uid)
  if (!isSignedIn(pending)) return answerExpired(ctx, deps)
  const form = await readForm(ctx.req)
  if (!deps.interactions.checkFormToken(pending, form.get('csrf') ?? '')) return answerForged(ctx, deps)
  const decision = form.get('decision')
  if (decision === 'switch') return switchPerson(ctx, pending, deps)
  // Anything but a clear yes is a no.
  if (decision !== 'allow') return refuse(ctx, pending, deps)
  return allow(ctx, pending, form, deps)
}

async function allow(
  ctx: Context,
  pending: SignedInPending,
  form: URLSearchParams,
  deps: InteractionDeps,
): Promise<void> {
  const offered = await definitionsOf(pending.newScopes, pending, deps)
  const chosen = offered.filter(({ scope }) => form.getAll('scope').includes(scope))
  const somethingRemains = chosen.length > 0 || offered.length < pending.scopes.length
  if (!somethingRemains) {
    const html = await renderConsent(pending, deps, { duration: form.get('duration') })
    return html === undefined ? answerExpired(ctx, deps) : answerPage(ctx, 400, html)
  }
  const duration = parseDuration(form.get('duration'), preselectedDuration(offered))
  const site = siteOfRedirect(pending.redirectUri, deps.privateUseRedirects)
  const isNews = chosen.length > 0 || site !== undefined
  if (isNews && !(await give(pending, { chosen, duration, site }, deps))) return answerExpired(ctx, deps)
  await deps.interactions.agree(pending)
  moveTo(ctx, pending, 'continue')
}

async function give(
  pending: SignedInPending,
  said: { chosen: readonly ScopeDefinition[]; duration: Duration; site: string | undefined },
  deps: InteractionDeps,
): Promise<boolean> {
  const { lifetimes, now } = deps
  const { uid: interaction, session } = pending
  const { chosen, duration, site } = said
  const agreement = { definitions: chosen, duration, interaction, sessionUid: session.uid, lifetimes, now: now() }
  return deps.consents.give({
    ...keyOf(pending),
    sessionUid: session.uid,
    clientDigest: pending.clientDigest,
    permissions: agreedPermissions(agreement),
    site,
    event: {
      ...consentEvent('consent.given', pending),
      detail: { scopes: chosen.map(({ scope }) => scope), ...(chosen.length > 0 ? { duration } : {}) },
    },
    correlationId: currentUnit().correlationId,
  })
}

async function refuse(ctx: Context, pending: SignedInPending, deps: InteractionDeps): Promise<void> {
  const unit = currentUnit()
  unit.events.push({ ...consentEvent('consent.refused', pending), detail: { scopes: pending.newScopes } })
  await abandon(deps.database, unit)
  await deps.interactions.refuse(pending)
  moveTo(ctx, pending, 'continue')
}

async function switchPerson(ctx: Context, pending: SignedInPending, deps: InteractionDeps): Promise<void> {
  const session = await deps.browserSessions.find(ctx.req, ctx.res)
  // Somebody else may have signed in meanwhile in another tab, who did not ask to be signed out.
  if (session?.uid === pending.session.uid) await deps.browserSessions.end(session, ctx.req, ctx.res)
  await deps.interactions.forgetPerson(pending)
  moveTo(ctx, pending, 'continue')
}

// Who has to sign in first decides nothing before, whoever else is signed in here.
function isSignedIn(pending: Pending | undefined): pending is SignedInPending {
  return pending?.prompt === 'consent' && pending.session !== undefined
}

async function renderConsent(
  pending: SignedInPending,
  deps: InteractionDeps,
  nothingChosen?: { duration: string | null },
): Promise<string | undefined> {
  const session = await deps.sessions.findByUid(pending.session.uid)
  if (session?.account?.id !== pending.session.accountId) return undefined
  const changes = await changesSinceConsent(pending, deps)
  const offered = await definitionsOf(pending.newScopes, pending, deps)
  const earlier = pending.scopes.filter((scope) => !pending.newScopes.includes(scope))
  const allowed = await definitionsOf(earlier, pending, deps)
  return deps.pages.consent({
    issuerHost: deps.issuerHost,
    correlationId: currentUnit().correlationId,
    login: session.account.login,
    action: `${pending.nextPath}/consent`,
    csrf: pending.formToken,
    ...(await factsOf(pending, deps)),
    ...(changes === undefined ? {} : { changes }),
    newPermissions: offered.map((definition) => permissionView(definition, nothingChosen === undefined)),
    alreadyAllowed: allowed.map((definition) => permissionView(definition)),
    durations: durationChoices(offered, deps.lifetimes.elevationSessionSeconds, nothingChosen?.duration),
    resourceWasDefaulted: pending.resourceDefaulted,
    ...(nothingChosen === undefined ? {} : { error: NOTHING_CHOSEN }),
  })
}

async function definitionsOf(
  scopes: readonly string[],
  pending: Pending,
  deps: Pick<InteractionDeps, 'registry'>,
): Promise<readonly ScopeDefinition[]> {
  const resource = (await deps.registry.current()).byUri(pending.resourceUri)
  return scopes.map((scope) => resource?.tools.scopes.get(scope)).filter((definition) => definition !== undefined)
}

function keyOf(pending: SignedInPending) {
  return { accountId: pending.session.accountId, clientId: pending.clientId, resourceUri: pending.resourceUri }
}

function consentEvent(type: 'consent.given' | 'consent.refused', pending: SignedInPending): AuditEvent {
  return { type, outcome: type === 'consent.given' ? 'allowed' : 'refused', ...keyOf(pending) }
}
