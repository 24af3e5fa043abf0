import type { AdapterPayload } from 'oidc-provider'
import { type GrantRow, liveGrant } from '../../store/grants.ts'
import type { Unit } from '../../store/unit-of-work.ts'

/**
 * The payload without its id, which is the bearer value itself and must not lie in the database, and without its end,
 * which the database keeps by its own clock.
 */
export function storedPart(payload: AdapterPayload): Readonly<Record<string, unknown>> {
  const { jti: _jti, exp: _exp, ...rest } = payload
  return rest
}

/** Seconds that what the engine saves is to live. Codes and tokens always have an end. */
export function lifetimeOf(expiresIn: number | undefined): number {
  if (expiresIn === undefined) throw new TypeError('the engine saved a code or token without an end')
  return expiresIn
}

/**
 * The end in the engine's terms. The engine compares it with the clock of this process, so what the database says is left
 * is added to that clock: two processes whose clocks differ agree.
 * @param now seconds since 1970 by the clock of this process
 */
export function endFor(secondsLeft: number, now: number): number {
  return now + Math.ceil(secondsLeft)
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
