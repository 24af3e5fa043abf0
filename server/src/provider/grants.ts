import { createHash, randomBytes } from 'node:crypto'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { LifetimeSettings } from '../config/settings.ts'
import type { Consent } from '../store/consents.ts'
import type { Grant } from '../store/grants.ts'
import {
  isCarriedOver,
  type Permission,
  type Permissions,
  permittedPermissions,
  reusablePermissions,
} from '../store/permission.ts'
import type { ResourceRegistry } from '../store/resource-registry.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { wantsRefreshOnRequestOnly } from './client-properties.ts'
import type { Slice } from './slice.ts'

// 128 random bits: the id is public (`gid`), it must only never repeat or be guessed.
const GRANT_ID_BYTES = 16

/**
 * Each authorization makes a grant of its own from what the person agreed to, in this browser or another. It is written
 * together with its code; an authorization that ends on a page leaves nothing behind.
 */
export function grants(
  registry: Pick<ResourceRegistry, 'current'>,
  lifetimes: LifetimeSettings,
  now: () => number,
): Slice {
  return {
    async loadExistingGrant(ctx) {
      const { consent, interaction, facts } = currentUnit()
      const { account, client, params } = ctx.oidc
      if (consent === undefined || account === undefined || client === undefined) return undefined
      // What was agreed to with another version of the client's document was agreed to with another client.
      if (consent.clientDigest !== facts.clientDigest) return undefined
      const asked = typeof params?.scope === 'string' ? params.scope.split(' ') : []
      const resourceUri = String(params?.resource)
      const { tools } = (await registry.current()).byUri(resourceUri) ?? {}
      const reusable = permittedPermissions(reusablePermissions(consent.permissions, now(), interaction), tools)
      const carried = carriedOver(ctx, reusable, resourceUri).filter((scope) => !asked.includes(scope))
      // A code says what the request says: what goes along belongs into both.
      if (params !== undefined && carried.length > 0) params.scope = [...asked, ...carried].join(' ')
      const permissions = pick(reusable, [...asked, ...carried])
      if (Object.keys(permissions).length === 0) return undefined
      const mayRefresh = !wantsRefreshOnRequestOnly(client) || facts.offlineAccessAsked
      const grant = makeGrant({
        id: grantId(interaction),
        consent,
        accountId: account.accountId,
        clientId: client.clientId,
        resourceUri,
        permissions,
        mayRefresh,
        now: now(),
        absoluteSeconds: lifetimes.refreshAbsoluteSeconds,
      })
      currentUnit().grants.set(grant.id, grant)
      return engineGrant(ctx, grant)
    },
  }
}

/** @param source.now seconds since 1970 */
export function makeGrant(source: {
  id: string
  consent: Consent
  accountId: string
  clientId: string
  resourceUri: string
  permissions: Permissions
  mayRefresh: boolean
  now: number
  absoluteSeconds: number
}): Grant {
  const { id, consent, accountId, clientId, resourceUri, permissions, mayRefresh, now, absoluteSeconds } = source
  const all = Object.values(permissions)
  const latest = Math.max(...all.map((permission) => permission.endsAt ?? Number.POSITIVE_INFINITY))
  return {
    id,
    consentId: consent.id,
    accountId,
    clientId,
    clientDigest: consent.clientDigest,
    resourceUri,
    permissions,
    // Given only once: there is nothing that a refresh could carry on.
    refreshable: mayRefresh && all.some((permission) => permission.duration !== 'once'),
    expiresAt: Math.min(now + absoluteSeconds, latest),
    createdAt: now,
  }
}

/** One decision of a person, one grant: whoever comes back with the same interaction makes the same id, and finds it taken. */
function grantId(interaction: string | undefined): string {
  const bytes =
    interaction === undefined ? randomBytes(GRANT_ID_BYTES) : createHash('sha256').update(interaction).digest()
  return bytes.subarray(0, GRANT_ID_BYTES).toString('base64url')
}

/**
 * Scopes that go along although the client did not name them: it may know only what a challenge asked for last, and would
 * lose what it could do before.
 */
function carriedOver(ctx: KoaContextWithOIDC, permissions: Permissions, resourceUri: string): readonly string[] {
  const offered = ctx.oidc.resourceServers?.[resourceUri]?.scopes
  const carried = Object.entries(permissions).filter(([, each]) => isCarriedOver(each, ctx.oidc.session?.uid))
  return carried.map(([scope]) => scope).filter((scope) => offered?.has(scope) === true)
}

function engineGrant(ctx: KoaContextWithOIDC, grant: Grant) {
  const EngineGrant = ctx.oidc.provider.Grant
  const result = new EngineGrant({ accountId: grant.accountId, clientId: grant.clientId })
  result.jti = grant.id
  result.addResourceScope(grant.resourceUri, Object.keys(grant.permissions).join(' '))
  return result
}

// In the order asked, which is the order of `scope` in the tokens.
function pick(permissions: Permissions, scopes: readonly string[]): Permissions {
  const entries = scopes.map((scope) => [scope, permissions[scope]] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, Permission] => entry[1] !== undefined))
}
