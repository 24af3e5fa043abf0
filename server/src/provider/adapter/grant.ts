import type { Adapter } from 'oidc-provider'
import { lastingPermissions, livePermissions, permittedPermissions } from '../../store/permission.ts'
import type { ResourceRegistry } from '../../store/resource-registry.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { nothingKept } from './nothing-kept.ts'

/**
 * Grants come with the code or token they belong to and are written with their code: no statement of their own.
 * @param now seconds since 1970
 */
export function grantAdapter(registry: Pick<ResourceRegistry, 'last'>, now: () => number): Adapter {
  return {
    ...nothingKept,
    async find(id) {
      const unit = currentUnit()
      const grant = unit.grants.get(id)
      if (grant === undefined) return
      const permissions =
        unit.presented?.kind === 'refresh-token' ? lastingPermissions(grant.permissions) : grant.permissions
      const { tools } = registry.last().byUri(grant.resourceUri) ?? {}
      const live = Object.keys(permittedPermissions(livePermissions(permissions, now()), tools))
      return {
        kind: 'Grant',
        jti: grant.id,
        iat: grant.createdAt,
        exp: grant.expiresAt,
        accountId: grant.accountId,
        clientId: grant.clientId,
        resources: { [grant.resourceUri]: live.join(' ') },
      }
    },
    async destroy(id) {
      const { kills, presented } = currentUnit()
      kills.set(id, presented?.kind === 'code' ? 'code-replayed' : 'refresh-token-replayed')
    },
  }
}
