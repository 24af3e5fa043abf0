import { AsyncLocalStorage } from 'node:async_hooks'
import type { Account } from './accounts.ts'
import type { AuditEvent } from './audit-event.ts'
import { timeOrderedId } from './audit-event.ts'
import { recordEvents } from './audit-events.ts'
import { consumeCode, findCode, insertCode, isWaiting, type NewCode } from './authorization-codes.ts'
import type { AddedClient } from './clients.ts'
import type { Consent } from './consents.ts'
import type { Database } from './database.ts'
import { EXCHANGEABLE, type Exchange, exchangeIsLive } from './exchanges.ts'
import { findGrant, type Grant, insertGrant, type RevocationReason, revokeGrant, touchGrant } from './grants.ts'
import { ACCOUNT_HELD, holdAccount } from './parties.ts'
import { insertPushedRequest, type NewPushedRequest, PUSHED } from './pushed-requests.ts'
import { consumeRefreshToken, findRefreshToken, insertRefreshToken, type NewRefreshToken } from './refresh-tokens.ts'
import { type ClientPresentation, insertPresentations, kindSeenBefore, NEW_DIGESTS, UNSEEN } from './replays.ts'
import { holdSession, SESSION_HELD, SESSION_SAVED, type SessionWrite, saveSession } from './sessions.ts'
import type { SignInProof } from './sign-in-proof.ts'
import { combine, type Part } from './statement-builder.ts'

/** Cookies of the request at hand, for the adapters that keep state in them. */
export interface CookieJar {
  get(name: string): string | undefined
  set(name: string, value: string | undefined, options: { path: string; maxAgeSeconds: number }): void
}

/** What is used up: a code, or a refresh token for its successor. */
export type Consumption =
  | { readonly kind: 'code'; readonly code: string; readonly grantId: string }
  | { readonly kind: 'refresh-token'; readonly token: string; readonly successor: string; readonly grantId: string }

/** The code or refresh token a request came with. */
export interface Presented {
  readonly kind: 'code' | 'refresh-token'
  readonly value: string
  readonly grantId: string
  readonly successor?: string
  /** It was used before, and no window for repetitions is open. */
  readonly replayed?: boolean
  /** Thumbprint of the one key it can be used with. */
  readonly boundTo?: string | undefined
}

/** What an authorization request said before its parameters were put into canonical form. */
export interface RequestFacts {
  readonly resourceDefaulted: boolean
  readonly offlineAccessAsked: boolean
  /** How long ago, at most, the person may have signed in. */
  readonly maxAgeSeconds?: number
  /** Classes of authentication, one of which the person must have signed in by. */
  readonly acrValues?: readonly string[]
  /** Version of the client document that the authorization began with. */
  readonly clientDigest?: string
  /** A code came without the redirect URI that it was sent to. */
  readonly redirectUriOmitted?: boolean
}

/**
 * The state of one request. Reads leave here what they found; writes are collected and sent as one conditional
 * statement after the answer was built and before it leaves. Kills are kept apart: they are sent with a refusal, too.
 */
export interface Unit {
  readonly correlationId: string
  /** Of whoever called, for the log. It says where a person is, so no table keeps it. */
  readonly callerAddress?: string | undefined
  /** What of it is counted by. */
  readonly callerSource?: string | undefined
  readonly cookies: CookieJar
  facts: RequestFacts
  readonly grants: Map<string, Grant>
  readonly accounts: Map<string, Account>
  consent: Consent | undefined
  /** The code or refresh token the request came with, once it was found. */
  presented: Presented | undefined
  /** Thumbprint of the key that the request has proven by a proof of its own. */
  provenKey: string | undefined
  loadedSession:
    | { uid: string; payload: Readonly<Record<string, unknown>>; expiresAt: number; accountId: string | undefined }
    | undefined
  retiredSessionId: string | undefined
  /** What was proven on the sign-in page of the interaction this request resumes. */
  signInProof: SignInProof | undefined
  /** Uid of the interaction this request resumes. */
  interaction: string | undefined
  consumption: Consumption | undefined
  refreshToken: NewRefreshToken | undefined
  session: SessionWrite | undefined
  grant: Grant | undefined
  code: NewCode | undefined
  pushedRequest: NewPushedRequest | undefined
  /** What a registration came to: a row of its own, or the one that was there. */
  registered: (AddedClient & { readonly managementToken?: string | undefined }) | undefined
  /** What a token for a token hangs on. */
  exchange: Exchange | undefined
  /** What may be presented once, and was presented to prove who the client is or that it has a key. */
  readonly presentations: ClientPresentation[]
  readonly kills: Map<string, RevocationReason>
  readonly events: AuditEvent[]
  /** What is recorded instead if the request is refused. */
  readonly refusals: AuditEvent[]
  /** Our code of the refusal that is answered, for whoever counts refusals. */
  refusedWith: string | undefined
}

/**
 * `lost`: somebody was first, or what was read is no longer live; the answer must be replaced.
 * `repeat`: somebody else began to answer the same refresh, or a permission was taken back in between; the same request once
 * more is answered.
 * `assertion-replayed`, `proof-replayed`: what proved the client, or its key, was presented before, so that it proves nothing;
 * nothing happened.
 */
export type Outcome = 'done' | 'lost' | 'repeat' | 'assertion-replayed' | 'proof-replayed'

const storage = new AsyncLocalStorage<Unit>()

/** Runs `work` with a fresh unit that everything called from it finds by `currentUnit`. */
export function runUnit<Result>(
  request: Pick<Unit, 'correlationId' | 'callerAddress' | 'callerSource' | 'cookies'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const unit: Unit = {
    ...request,
    facts: { resourceDefaulted: false, offlineAccessAsked: false },
    grants: new Map(),
    accounts: new Map(),
    consent: undefined,
    presented: undefined,
    provenKey: undefined,
    loadedSession: undefined,
    retiredSessionId: undefined,
    signInProof: undefined,
    interaction: undefined,
    consumption: undefined,
    refreshToken: undefined,
    session: undefined,
    grant: undefined,
    code: undefined,
    pushedRequest: undefined,
    registered: undefined,
    exchange: undefined,
    presentations: [],
    kills: new Map(),
    events: [],
    refusals: [],
    refusedWith: undefined,
  }
  return storage.run(unit, work)
}

/** The unit of the request at hand. Throws outside of one: state without a unit would be lost silently. */
export function currentUnit(): Unit {
  const unit = storage.getStore()
  if (unit === undefined) throw new Error('no unit of work: this code runs only inside a request')
  return unit
}

/**
 * Sends what a successful request wants to change, in one statement.
 * @param graceSeconds length of the refresh grace window
 */
export async function commit(database: Database, unit: Unit, graceSeconds: number): Promise<Outcome> {
  const { parts, decisive } = planOf(unit, graceSeconds)
  if (decisive === undefined) {
    await abandon(database, unit)
    return 'done'
  }
  const events = unit.events.length === 0 ? [] : [recordEvents(unit.events, unit.correlationId, decisive)]
  const { statement, values } = combine([...parts, ...events], `SELECT ${columns(parts, decisive)}`)
  const [row] = await database.write<{ decided: boolean; grant_live?: boolean; new_digests?: Buffer[] }>(
    statement,
    values,
  )
  const seen = row?.new_digests && kindSeenBefore(unit.presentations, row.new_digests)
  if (seen !== undefined) return seen === 'dpop-proof' ? 'proof-replayed' : 'assertion-replayed'
  if (row?.decided === true) {
    await sendKills(database, unit)
    return 'done'
  }
  // The same decision of a person, sent twice: what the first request wrote is what this one would have written.
  if (unit.code !== undefined) return (await isWaiting(database, unit.code.code)) ? 'done' : 'lost'
  if (unit.consumption === undefined) return 'lost'
  if (row?.grant_live !== true) return (await isNarrowed(database, unit, unit.consumption)) ? 'repeat' : 'lost'
  return explainLoss(database, unit, unit.consumption, graceSeconds)
}

/** A permission was taken back while the answer was built. Nothing was used up: the next request gets what is left. */
async function isNarrowed(database: Database, unit: Unit, { grantId }: Consumption): Promise<boolean> {
  const before = unit.grants.get(grantId)
  const now = before && (await findGrant(database, grantId))
  if (before === undefined || now === undefined) return false
  return Object.keys(before.permissions).some((scope) => now.permissions[scope] === undefined)
}

/**
 * The grant is live and its code or token was not there to be used: somebody else used it, or its time ended in between.
 * Only a second look tells, because the statement that lost still sees the rows as they were when it began.
 */
async function explainLoss(
  database: Database,
  unit: Unit,
  consumption: Consumption,
  graceSeconds: number,
): Promise<Outcome> {
  const { grantId } = consumption
  if (consumption.kind === 'code') {
    const stored = await findCode(database, consumption.code)
    if (stored?.consumedAt !== undefined) unit.kills.set(grantId, 'code-replayed')
    return 'lost'
  }
  const stored = await findRefreshToken(database, consumption.token, graceSeconds)
  if (stored?.consumedAt === undefined) return 'lost'
  if (stored.inGrace) return 'repeat'
  unit.kills.set(grantId, 'refresh-token-replayed')
  return 'lost'
}

/** Sends kills and events, of a refusal or of a revocation; mints nothing. */
export async function abandon(database: Database, unit: Unit): Promise<void> {
  await sendKills(database, unit)
  await recordOnly(database, unit)
}

async function sendKills(database: Database, unit: Unit): Promise<void> {
  for (const [grantId, reason] of unit.kills) {
    const eventId = timeOrderedId(Date.now())
    await revokeGrant(database, { grantId, reason, eventId, correlationId: unit.correlationId })
  }
}

async function recordOnly(database: Database, unit: Unit): Promise<void> {
  if (unit.events.length === 0) return
  const { statement, values } = combine([recordEvents(unit.events, unit.correlationId)], 'SELECT 1 AS recorded')
  await database.write(statement, values)
}

/** Parts of a combined statement, and the name of the one whose row says that it happened. */
interface Plan {
  readonly parts: readonly Part[]
  readonly decisive: string | undefined
}

function planOf(unit: Unit, graceSeconds: number): Plan {
  const { presentations, consumption, exchange, pushedRequest } = unit
  if (presentations.length === 0 && !(consumption ?? exchange ?? pushedRequest)) return authorizationPlan(unit)
  const proofs = insertPresentations(presentations)
  const before = presentations.length === 0 ? { parts: [], decisive: undefined } : { parts: proofs, decisive: UNSEEN }
  if (consumption !== undefined) return tokenPlan(unit, consumption, graceSeconds, before)
  if (pushedRequest !== undefined) {
    return { parts: [...before.parts, insertPushedRequest(pushedRequest, before.decisive)], decisive: PUSHED }
  }
  if (exchange === undefined) return before
  return { parts: [...before.parts, exchangeIsLive(exchange, before.decisive)], decisive: EXCHANGEABLE }
}

function tokenPlan(unit: Unit, consumption: Consumption, graceSeconds: number, before: Plan): Plan {
  const used =
    consumption.kind === 'code'
      ? consumeCode(consumption.code)
      : consumeRefreshToken({ token: consumption.token, successor: consumption.successor, graceSeconds })
  const after = consumption.kind === 'code' ? 'code_used' : 'refresh_token_used'
  const mint = unit.refreshToken === undefined ? [] : [insertRefreshToken(unit.refreshToken, after)]
  const { grantId } = consumption
  const live = touchGrant({ id: grantId, permissions: unit.grants.get(grantId)?.permissions }, before.decisive)
  return { parts: [...before.parts, live, used, ...mint], decisive: after }
}

function authorizationPlan(unit: Unit): Plan {
  const { grant, code, loadedSession, session } = unit
  if (grant === undefined || code === undefined) {
    if (session === undefined) return { parts: [], decisive: undefined }
    return { parts: saveSession(session), decisive: SESSION_SAVED }
  }
  const written = [insertCode(code)]
  const account = holdAccount(grant.accountId)
  if (session !== undefined) {
    const saved = saveSession(session, ACCOUNT_HELD)
    return { parts: [account, ...saved, ...insertGrant(grant, SESSION_SAVED), ...written], decisive: 'coded' }
  }
  if (loadedSession === undefined) throw new Error('a code was issued to nobody who is signed in')
  const held = holdSession({ uid: loadedSession.uid, accountId: grant.accountId }, ACCOUNT_HELD)
  return { parts: [account, held, ...insertGrant(grant, SESSION_HELD), ...written], decisive: 'coded' }
}

function columns(parts: readonly Part[], decisive: string): string {
  const has = (name: string): boolean => parts.some((part) => part.name === name)
  return [
    `EXISTS (SELECT 1 FROM ${decisive}) AS decided`,
    ...(has('grant_live') ? ['EXISTS (SELECT 1 FROM grant_live) AS grant_live'] : []),
    ...(has(UNSEEN) ? [`${NEW_DIGESTS} AS new_digests`] : []),
  ].join(', ')
}
