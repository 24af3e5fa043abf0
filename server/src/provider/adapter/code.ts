import type { Adapter } from 'oidc-provider'
import { findCode } from '../../store/authorization-codes.ts'
import type { Database } from '../../store/database.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { nothingKept } from './nothing-kept.ts'
import { bearerFree, rememberRow } from './payload.ts'

/** Authorization codes: stored with their grant, used up with what they mint. */
export function codeAdapter(database: Database): Adapter {
  return {
    ...nothingKept,
    async upsert(code, payload) {
      const unit = currentUnit()
      const grant = payload.grantId === undefined ? undefined : unit.grants.get(payload.grantId)
      if (grant === undefined) throw new Error('a code was issued without a grant of this request')
      unit.grant = grant
      unit.code = { code, grantId: grant.id, payload: bearerFree(payload), expiresAt: Number(payload.exp) }
      const { accountId, clientId, resourceUri, id: grantId } = grant
      const detail = { scopes: Object.keys(grant.permissions) }
      unit.events.push({ type: 'code.issued', outcome: 'allowed', accountId, clientId, resourceUri, grantId, detail })
    },
    async find(code) {
      const stored = await findCode(database, code)
      if (stored === undefined) return
      const unit = currentUnit()
      rememberRow(unit, stored.row)
      unit.presented = { kind: 'code', value: code, grantId: stored.row.grant_id }
      return {
        ...stored.payload,
        jti: code,
        ...(stored.consumedAt === undefined ? {} : { consumed: stored.consumedAt }),
      }
    },
    async consume(code) {
      const unit = currentUnit()
      if (unit.presented?.value !== code) throw new Error('a code was used that this request did not read')
      unit.consumption = { kind: 'code', code, grantId: unit.presented.grantId }
    },
    async revokeByGrantId(grantId) {
      currentUnit().kills.set(grantId, 'code-replayed')
    },
  }
}
