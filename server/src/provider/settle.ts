import type { Provider } from 'oidc-provider'
import type { Database } from '../store/database.ts'
import { OverloadError } from '../store/overload.ts'
import { abandon, commit, currentUnit, type Unit } from '../store/unit-of-work.ts'
import type { EngineContext } from './engine-context.ts'
import { errorEntry } from './error-catalogue.ts'
import {
  completeRefusal,
  limitedBody,
  type RenderErrorPage,
  refusalBody,
  refusalOfGone,
  refusalOfUnavailable,
} from './errors.ts'
import type { EngineObserver } from './observer.ts'
import { reportRefusal } from './refusals.ts'
import type { Report } from './report.ts'
import { ROUTES } from './routes.ts'

// A client that hears this tries again by itself; the database is usually back by then.
const RETRY_AFTER_SECONDS = '2'

/** Takes one of what a proven grant or client may ask for. @returns how many seconds there is no room; 0 when there is */
export type TakeProven = (who: string) => number

interface SettleDeps {
  readonly takeProven: TakeProven
  readonly database: Database
  readonly graceSeconds: number
  readonly report: Report
  readonly observer: EngineObserver
  readonly renderErrorPage: RenderErrorPage
}

/**
 * Wraps every endpoint of the engine: when the answer is built and before it leaves, what the request wants to change is
 * sent in one conditional statement. A refusal sends kills only, a failure nothing, and a lost race replaces the answer.
 */
export function settleAfterEachRequest(provider: Provider, deps: SettleDeps): void {
  provider.use(async (ctx, next) => {
    try {
      await next()
      await settle(ctx, currentUnit(), deps)
    } catch (error) {
      const severity = error instanceof OverloadError ? 'warn' : 'error'
      deps.report(severity, 'request failed', { path: ctx.path, error, correlationId: currentUnit().correlationId })
      answerUnavailable(ctx, deps.renderErrorPage)
    }
    completeRefusal(ctx)
    if (ctx.path === ROUTES.token) deps.observer.tokenAnswered(ctx.oidc?.params?.grant_type, ctx.status)
  })
}

async function settle(ctx: EngineContext, unit: Unit, deps: SettleDeps): Promise<void> {
  if (ctx.status >= 500) return answerUnavailable(ctx, deps.renderErrorPage)
  if (ctx.status >= 400) return settleRefusal(ctx, unit, deps.database)
  const who = provenIn(ctx, unit)
  const waitSeconds = who === undefined ? 0 : deps.takeProven(who)
  if (waitSeconds > 0) return answerLimited(ctx, waitSeconds)
  if (!isWithoutScope(ctx, unit)) {
    recordIssue(ctx, unit)
    const outcome = await commit(deps.database, unit, deps.graceSeconds)
    if (outcome === 'repeat') return answerUnavailable(ctx, deps.renderErrorPage)
    if (outcome === 'done') return
    if (outcome !== 'lost') return settleReplay(ctx, unit, outcome, deps)
  }
  replaceAnswer(ctx, unit, deps)
  await settleRefusal(ctx, unit, deps.database)
}

// Where the engine has made a client prove itself before it answers.
const PROVING_ROUTES = ['token', 'introspection', 'revocation', 'pushed_authorization_request']

/** What the request has proven: the grant it came with, else a client that has a secret or key. */
function provenIn({ oidc }: EngineContext, { consumption }: Unit): string | undefined {
  if (consumption !== undefined) return `grant ${consumption.grantId}`
  const client = oidc?.client
  if (client === undefined || client.clientAuthMethod === 'none') return undefined
  return PROVING_ROUTES.includes(String(oidc?.route)) ? `client ${client.clientId}` : undefined
}

/** Nothing of the request happened: what it came with is there for the next one. */
function answerLimited(ctx: EngineContext, waitSeconds: number): void {
  ctx.status = 429
  ctx.set('Retry-After', String(Math.ceil(waitSeconds)))
  ctx.type = 'json'
  ctx.body = limitedBody()
}

/**
 * Nothing of what was agreed to is left, because it ended or the resource's rules changed. A token that may do nothing would
 * keep its client from asking the person again.
 */
function isWithoutScope(ctx: EngineContext, unit: Unit): boolean {
  return unit.consumption !== undefined && (ctx.oidc?.entities.AccessToken?.scope ?? '') === ''
}

async function settleRefusal(ctx: EngineContext, unit: Unit, database: Database): Promise<void> {
  // What was noted on the way to an answer that is not given did not happen.
  unit.events.length = 0
  unit.events.push(...unit.refusals)
  killReplayed(ctx, unit)
  recordRefusal(ctx, unit)
  await abandon(database, unit)
}

/**
 * A refresh token that comes back after its window ends its family, whatever else is wrong with the request. Only its own
 * client can do that, and with its key where the family is bound to one: somebody else holding an old string must not be
 * able to sign a person out.
 * @see OAuth 2.1 §4.3.1
 */
function killReplayed(ctx: EngineContext, unit: Unit): void {
  const grant = unit.presented?.replayed === true ? unit.grants.get(unit.presented.grantId) : undefined
  if (grant !== undefined && grant.clientId === ctx.oidc?.client?.clientId && !isOfAnotherKey(unit)) {
    unit.kills.set(grant.id, 'refresh-token-replayed')
  }
}

function isOfAnotherKey({ presented, provenKey }: Unit): boolean {
  return presented?.boundTo !== undefined && presented.boundTo !== provenKey
}

const REPLAYS = {
  'assertion-replayed': { status: 401, error: 'invalid_client', reason: 'replayed', what: 'a client assertion' },
  'proof-replayed': { status: 400, error: 'invalid_dpop_proof', reason: 'proof-replayed', what: 'a DPoP proof' },
} as const

/** Client or key were not proven after all: nothing of the request happened, and nothing it carried is to be believed. */
async function settleReplay(
  ctx: EngineContext,
  unit: Unit,
  outcome: keyof typeof REPLAYS,
  deps: SettleDeps,
): Promise<void> {
  const { correlationId } = unit
  const { status, error, reason, what } = REPLAYS[outcome]
  const clientId = ctx.oidc?.client?.clientId
  const { code } = errorEntry(error)
  ctx.status = status
  ctx.type = 'json'
  ctx.body = { error }
  deps.report('warn', `${what} was presented again`, { correlationId, code, clientId, path: ctx.path })
  unit.kills.clear()
  unit.events.length = 0
  unit.events.push({ type: 'client.refused', outcome: 'refused', code, clientId, detail: { reason } })
  await abandon(deps.database, unit)
}

function replaceAnswer(ctx: EngineContext, unit: Unit, { renderErrorPage, report }: SettleDeps): void {
  const facts = { clientId: ctx.oidc?.client?.clientId, reason: 'what it was based on ended, or was used, meanwhile' }
  ctx.remove('Location')
  ctx.status = 400
  if (unit.consumption !== undefined || unit.exchange !== undefined) {
    reportRefusal(report, 'token request refused', { ...facts, error: 'invalid_grant' })
    ctx.type = 'json'
    ctx.body = { error: 'invalid_grant' }
    return
  }
  // A person is looking, who was signed out, or whose password was changed, a moment ago.
  const gone = refusalOfGone()
  reportRefusal(report, 'authorization refused', { ...facts, error: gone.error, code: gone.code })
  answerPerson(ctx, renderErrorPage(gone))
}

function answerPerson(ctx: EngineContext, page: ReturnType<RenderErrorPage>): void {
  ctx.set({ ...page.headers })
  ctx.type = 'html'
  ctx.body = page.body
}

/**
 * Whatever failed, it may be tried again: the client sends its request, the person loads the page. For that the browser
 * keeps the cookies it came with; new ones would name a session that was not written.
 */
function answerUnavailable(ctx: EngineContext, renderErrorPage: RenderErrorPage): void {
  for (const name of ['Location', 'Set-Cookie']) ctx.remove(name)
  ctx.status = 503
  ctx.set('Retry-After', RETRY_AFTER_SECONDS)
  if (ctx.path.startsWith(ROUTES.authorization)) {
    answerPerson(ctx, renderErrorPage(refusalOfUnavailable()))
  } else {
    ctx.type = 'json'
    ctx.body = refusalBody({ error: 'temporarily_unavailable' })
  }
}

function recordIssue(ctx: EngineContext, unit: Unit): void {
  const { consumption } = unit
  const grant = consumption && unit.grants.get(consumption.grantId)
  if (consumption === undefined || grant === undefined) return
  const { accountId, clientId, resourceUri, id: grantId } = grant
  const scope = ctx.oidc?.entities.AccessToken?.scope ?? ''
  const detail = {
    grantType: consumption.kind === 'code' ? 'authorization_code' : 'refresh_token',
    scopes: scope.split(' '),
  }
  unit.events.push({ type: 'token.issued', outcome: 'allowed', accountId, clientId, resourceUri, grantId, detail })
}

// Only refusals of something that exists are kept: an audit that any stranger can fill tells nothing.
function recordRefusal(ctx: EngineContext, unit: Unit): void {
  const grant = unit.presented && unit.grants.get(unit.presented.grantId)
  if (grant === undefined) return
  const presentedBy = ctx.oidc?.client?.clientId ?? ''
  const { accountId, resourceUri, id: grantId } = grant
  const detail = {
    presentedBy,
    foreignClient: presentedBy !== grant.clientId,
    ...(isOfAnotherKey(unit) ? { foreignKey: true } : {}),
    killed: unit.kills.has(grantId),
  }
  const code = 'SALLYPORT_E_GRANT'
  unit.events.push({
    type: 'token.refused',
    outcome: 'refused',
    code,
    accountId,
    clientId: grant.clientId,
    resourceUri,
    grantId,
    detail,
  })
}
