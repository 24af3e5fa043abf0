import { randomBytes } from 'node:crypto'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { LifetimeSettings } from '../config/settings.ts'
import type { Consent } from '../store/consents.ts'
import type { Grant } from '../store/grants.ts'
import { type Permission, type Permissions, reusablePermissions } from '../store/permission.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { wantsRefreshOnRequestOnly } from './client-properties.ts'
import type { Slice } from './slice.ts'

// 128 random bits: the id is public (`gid`), it must only never repeat or be guessed.
const GRANT_ID_BYTES = 16

/**
 * Each authorization makes a grant of its own from what the person agreed to, in this browser or another. It is written
 * together with its code; an authorization that ends on a page leaves nothing behind.
 */
export function grants(lifetimes: LifetimeSettings, now: () => number): Slice {
  return {
    async loadExistingGrant(ctx) {
      const { consent, interaction, facts } = currentUnit()
      const { account, client, params } = ctx.oidc
      if (consent === undefined || account === undefined || client === undefined) return undefined
      const asked = typeof params?.scope === 'string' ? params.scope.split(' ') : []
      const resourceUri = String(params?.resource)
      const permissions = pick(reusablePermissions(consent.permissions, now(), interaction), asked)
      if (Object.keys(permissions).length === 0) return undefined
      const mayRefresh = !wantsRefreshOnRequestOnly(client) || facts.offlineAccessAsked
      const grant = makeGrant({
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
  consent: Consent
  accountId: string
  clientId: string
  resourceUri: string
  permissions: Permissions
  mayRefresh: boolean
  now: number
  absoluteSeconds: number
}): Grant {
  const { consent, accountId, clientId, resourceUri, permissions, mayRefresh, now, absoluteSeconds } = source
  const all = Object.values(permissions)
  const latest = Math.max(...all.map((permission) => permission.endsAt ?? Number.POSITIVE_INFINITY))
  return {
    id: randomBytes(GRANT_ID_BYTES).toString('base64url'),
    consentId: consent.id,
    accountId,
    clientId,
    resourceUri,
    permissions,
    // Given only once: there is nothing that a refresh could carry on.
    refreshable: mayRefresh && all.some((permission) => permission.duration !== 'once'),
    expiresAt: Math.min(now + absoluteSeconds, latest),
    createdAt: now,
  }
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
