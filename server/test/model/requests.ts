import { randomBytes } from 'node:crypto'
import { makeGrant } from '../../src/provider/grants.ts'
import { findCode } from '../../src/store/authorization-codes.ts'
import type { Consent } from '../../src/store/consents.ts'
import { type Grant, type GrantRow, liveGrant } from '../../src/store/grants.ts'
import {
  lastingPermissions,
  livePermissions,
  type Permissions,
  permittedPermissions,
  reusablePermissions,
} from '../../src/store/permission.ts'
import { findRefreshToken } from '../../src/store/refresh-tokens.ts'
import { abandon, commit, currentUnit, type Outcome, runUnit, type Unit } from '../../src/store/unit-of-work.ts'
import type { Place } from './ground.ts'
import { CODE_SECONDS, FAMILY_SECONDS, IDLE_SECONDS, TOOLS_FILE } from './measures.ts'
import type { Key } from './model.ts'

/**
 * What the engine does between the first read of a request and its answer, as short as it can be said. A request that was
 * read and is not sent yet waits here, so that anything may happen in between.
 */
export interface Open {
  readonly unit: Unit
  /** What the answer would say. */
  readonly scopes: readonly string[]
}

const nowSeconds = (): number => Math.floor(Date.now() / 1_000)

export function newUnit(): Promise<Unit> {
  const request = { correlationId: 'model', cookies: { get: () => undefined, set: () => undefined } }
  return runUnit(request, async () => currentUnit())
}

/** Sends what the request wants; what is lost is refused, and its kills are sent nevertheless. */
export async function send(place: Place, { unit }: Open): Promise<Outcome> {
  const { database } = place.store
  const outcome = await commit(database, unit, place.graceSeconds)
  if (outcome === 'done' || outcome === 'repeat') return outcome
  unit.events.length = 0
  if (outcome === 'assertion-replayed') unit.kills.clear()
  await abandon(database, unit)
  return outcome
}

/** What was read stays as it was, while the rest of the world becomes older. */
export function age({ unit }: Open, seconds: number): void {
  for (const [id, grant] of unit.grants) unit.grants.set(id, olderGrant(grant, seconds))
  if (unit.grant !== undefined) unit.grant = olderGrant(unit.grant, seconds)
}

function olderGrant(grant: Grant, seconds: number): Grant {
  const moved = Object.entries(grant.permissions).map(([scope, permission]) => {
    const { endsAt } = permission
    return [scope, { ...permission, endsAt: endsAt === null ? null : endsAt - seconds }]
  })
  return { ...grant, expiresAt: grant.expiresAt - seconds, permissions: Object.fromEntries(moved) }
}

export interface Asked {
  readonly accountId: string
  readonly clientId: string
  readonly resourceUri: string
  readonly sessionUid: string
  readonly scopes: readonly string[]
  readonly interaction: string | undefined
}

/** An authorization that may be answered with a code, or undefined where a person would be asked first. */
export async function authorize(place: Place, asked: Asked): Promise<Open | undefined> {
  const found = await place.store.consents.findWithAccount(asked)
  const session = await place.store.sessions.findByUid(asked.sessionUid)
  if (found?.consent === undefined || session?.account?.id !== asked.accountId) return undefined
  const unit = await newUnit()
  const { accountId, sessionUid: uid } = asked
  unit.loadedSession = { uid, payload: session.payload, expiresAt: session.expiresAt, accountId }
  const grant = grantFrom(found.consent, asked)
  if (grant === undefined) return undefined
  unit.grants.set(grant.id, grant)
  unit.grant = grant
  const code = `code of ${grant.id}`
  unit.code = { code, grantId: grant.id, payload: {}, lifetimeSeconds: CODE_SECONDS }
  unit.events.push({ type: 'code.issued', outcome: 'allowed', accountId, grantId: grant.id })
  return { unit, scopes: Object.keys(grant.permissions) }
}

function grantFrom(consent: Consent, { accountId, clientId, resourceUri, scopes, interaction }: Asked) {
  const now = nowSeconds()
  const reusable = permittedPermissions(reusablePermissions(consent.permissions, now, interaction), TOOLS_FILE)
  const permissions = Object.fromEntries(Object.entries(reusable).filter(([scope]) => scopes.includes(scope)))
  if (Object.keys(permissions).length === 0) return undefined
  const id = interaction === undefined ? randomBytes(16).toString('base64url') : `grant of ${interaction}`
  const rest = { mayRefresh: true, now, absoluteSeconds: FAMILY_SECONDS }
  return makeGrant({ id, consent, accountId, clientId, resourceUri, permissions, ...rest })
}

/** What proves the client, where anything does. */
type Proof = string | undefined

/** A code that is presented. Undefined where it is refused, which has happened when this is known. */
export async function presentCode(
  place: Place,
  { code, clientId, proof }: { code: string; clientId: string; proof: Proof },
): Promise<Open | undefined> {
  const { database } = place.store
  const stored = await findCode(database, code)
  const unit = await newUnit()
  const grant = stored && remember(unit, stored.row)
  if (stored === undefined || grant?.clientId !== clientId || grant.expiresAt <= nowSeconds()) return undefined
  if (stored.consumedAt !== undefined) return refuse(place, unit, grant, 'code-replayed')
  if (stored.secondsLeft <= 0) return undefined
  unit.consumption = { kind: 'code', code, grantId: grant.id }
  return issue(unit, { grant, permissions: grant.permissions, proof, minted: `token 0 of ${grant.id}` })
}

/** @param presented.successor what this token becomes, which only whoever has it can tell */
export async function presentToken(
  place: Place,
  presented: { token: string; successor: string; clientId: string; proof: Proof },
): Promise<Open | undefined> {
  const { token, successor, clientId, proof } = presented
  const stored = await findRefreshToken(place.store.database, token, place.graceSeconds)
  const unit = await newUnit()
  const grant = stored && remember(unit, stored.row)
  if (stored === undefined || grant?.clientId !== clientId) return undefined
  if (stored.consumedAt !== undefined && !stored.inGrace) {
    return refuse(place, unit, grant, 'refresh-token-replayed')
  }
  if (stored.secondsLeft <= 0) return undefined
  unit.consumption = { kind: 'refresh-token', token, successor, grantId: grant.id }
  return issue(unit, { grant, permissions: lastingPermissions(grant.permissions), proof, minted: successor })
}

function remember(unit: Unit, row: GrantRow): Grant | undefined {
  const grant = liveGrant(row)
  if (grant !== undefined) unit.grants.set(grant.id, grant)
  return grant
}

async function refuse(
  { store }: Place,
  unit: Unit,
  grant: Grant,
  reason: 'code-replayed' | 'refresh-token-replayed',
): Promise<undefined> {
  unit.kills.set(grant.id, reason)
  await abandon(store.database, unit)
}

function issue(
  unit: Unit,
  said: { grant: Grant; permissions: Permissions; proof: Proof; minted: string },
): Open | undefined {
  const { grant, proof, minted } = said
  const now = nowSeconds()
  const scopes = Object.keys(permittedPermissions(livePermissions(said.permissions, now), TOOLS_FILE))
  if (scopes.length === 0 || grant.expiresAt <= now) return undefined
  if (proof !== undefined) unit.presentations.push({ kind: 'client-assertion', id: proof, secondsLeft: 60 })
  if (grant.refreshable) {
    const lifetimeSeconds = Math.min(IDLE_SECONDS, grant.expiresAt - now)
    unit.refreshToken = { token: minted, grantId: grant.id, payload: {}, lifetimeSeconds }
  }
  unit.events.push({ type: 'token.issued', outcome: 'allowed', accountId: grant.accountId, grantId: grant.id })
  return { unit, scopes }
}

/** A password that was proven on the sign-in page, on its way to a session. */
export async function signIn({ store }: Place, login: string, uid: string): Promise<Open | undefined> {
  const found = await store.accounts.findForSignIn(login)
  if (found === undefined || found.account.disabledAt !== undefined) return undefined
  const unit = await newUnit()
  const accountId = found.account.id
  const proof = { kind: 'password', version: found.passwordVersion } as const
  const kept = { payload: {}, expiresAt: nowSeconds() + 30 * 86_400, known: false, proof }
  unit.session = { uid, id: `cookie of ${uid}`, accountId, ...kept }
  unit.events.push({ type: 'person.signed_in', outcome: 'allowed', accountId })
  return { unit, scopes: [] }
}

/** What an exchange of an access token of this grant, with these scopes, comes to. */
export async function exchange(
  place: Place,
  { id, grant, scopes }: { id: string; grant: { readonly consent: Key }; scopes: readonly string[] },
): Promise<Outcome> {
  const { account, resource } = grant.consent
  const unit = await newUnit()
  unit.exchange = {
    grantId: id,
    accountId: place.accounts[account]?.id ?? '',
    clientId: place.owner,
    heldScopes: scopes,
    sourceUri: place.resources[resource]?.uri ?? '',
    targetUri: place.target,
    actors: [],
    subjectExpiresAt: nowSeconds() + 60,
  }
  return commit(place.store.database, unit, place.graceSeconds)
}
