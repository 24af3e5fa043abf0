import type { AdapterPayload } from 'oidc-provider'
import { type GrantRow, liveGrant } from '../../store/grants.ts'
import type { Unit } from '../../store/unit-of-work.ts'

/** The payload without its id, which is the bearer value itself and must not lie in the database. */
export function bearerFree(payload: AdapterPayload): Readonly<Record<string, unknown>> {
  const { jti: _jti, ...rest } = payload
  return rest
}

/** Leaves in the unit what one read brought along, so that the engine's next questions need no round trip. */
export function rememberRow(unit: Unit, row: GrantRow): void {
  const grant = liveGrant(row)
  if (grant === undefined) return
  unit.grants.set(grant.id, grant)
  unit.accounts.set(grant.accountId, {
    id: grant.accountId,
    login: row.login,
    name: row.account_name,
    createdAt: new Date(grant.createdAt * 1000),
    disabledAt: undefined,
  })
}
