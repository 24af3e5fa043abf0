import type { Adapter } from 'oidc-provider'
import type { Successors } from '../../keys/successor.ts'
import type { Database } from '../../store/database.ts'
import type { Grant } from '../../store/grants.ts'
import { hashId } from '../../store/id-hash.ts'
import { lastingPermissions, livePermissions, type Permissions, permittedPermissions } from '../../store/permission.ts'
import { findRefreshToken, type StoredRefreshToken } from '../../store/refresh-tokens.ts'
import type { ResourceRegistry } from '../../store/resource-registry.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { nothingKept } from './nothing-kept.ts'
import { endFor, lifetimeOf, rememberRow, storedPart } from './payload.ts'

/**
 * Refresh tokens. Within the grace window a used one looks unused to the engine, which then runs every check of a normal
 * refresh and arrives at the same successor. After it the engine finds nothing at all, whatever else is wrong with the
 * request, and the replay is remembered for the end of the request.
 * @param deps.now seconds since 1970
 */
export function refreshTokenAdapter(deps: {
  database: Database
  registry: Pick<ResourceRegistry, 'last'>
  successors: Successors
  graceSeconds: number
  now: () => number
}): Adapter {
  const { database, registry, successors, graceSeconds, now } = deps
  return {
    ...nothingKept,
    async upsert(token, payload, expiresIn) {
      const grantId = String(payload.grantId)
      const lifetimeSeconds = lifetimeOf(expiresIn)
      currentUnit().refreshToken = { token, grantId, payload: storedPart(payload), lifetimeSeconds }
    },
    async find(token) {
      const stored = await findRefreshToken(database, token, graceSeconds)
      if (stored === undefined) return
      const unit = currentUnit()
      rememberRow(unit, stored.row)
      const boundTo = typeof stored.payload.jkt === 'string' ? stored.payload.jkt : undefined
      const presented = { kind: 'refresh-token', value: token, grantId: stored.row.grant_id, boundTo } as const
      if (stored.consumedAt !== undefined && !stored.inGrace) {
        unit.presented = { ...presented, replayed: true }
        return
      }
      unit.presented = { ...presented, successor: successorOf(successors, token, stored) }
      const permitted = permittedOf(unit.grants.get(presented.grantId), registry)
      const scope = liveScope(stored.payload.scope, permitted, now())
      return { ...stored.payload, scope, jti: token, exp: endFor(stored.secondsLeft, now()) }
    },
    async consume(token) {
      const unit = currentUnit()
      const { presented } = unit
      if (presented?.value !== token || presented.successor === undefined) {
        throw new Error('a refresh token was used that this request did not read')
      }
      unit.consumption = { kind: 'refresh-token', token, successor: presented.successor, grantId: presented.grantId }
    },
  }
}

function successorOf(successors: Successors, token: string, { successorHash }: StoredRefreshToken): string {
  if (successorHash === undefined) return successors.next(token)
  const successor = successors.matching(token, (candidate) => hashId(candidate).equals(successorHash))
  // No replay, but no answer either: a process with that key has to give it.
  if (successor === undefined) throw new Error('a successor was derived with an encryption key that this process lacks')
  return successor
}

/** What outlives the first access token of the grant and is still permitted. */
function permittedOf(grant: Grant | undefined, registry: Pick<ResourceRegistry, 'last'>): Permissions {
  if (grant === undefined) return {}
  return permittedPermissions(lastingPermissions(grant.permissions), registry.last().byUri(grant.resourceUri)?.tools)
}

/** What of the token's scope has not ended: what was said once, and an elevation that is over, are as if never granted. */
function liveScope(scope: unknown, permissions: Permissions, now: number): string | undefined {
  if (typeof scope !== 'string') return undefined
  const live = livePermissions(permissions, now)
  const scopes = scope.split(' ').filter((name) => live[name] !== undefined)
  return scopes.length === 0 ? undefined : scopes.join(' ')
}
