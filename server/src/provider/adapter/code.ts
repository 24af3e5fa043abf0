import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider'
import { findCode } from '../../store/authorization-codes.ts'
import type { Database } from '../../store/database.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { nothingKept } from './nothing-kept.ts'
import { endFor, lifetimeOf, rememberRow, storedPart } from './payload.ts'

// The engine refuses what has ended before it asks whether it was used; a used code is recognised however late it comes.
const NEVER = Number.MAX_SAFE_INTEGER

/**
 * Authorization codes: stored with their grant, used up with what they mint. A used one that comes again with its verifier
 * makes the engine destroy the grant.
 * @param now seconds since 1970
 */
export function codeAdapter(database: Database, now: () => number): Adapter {
  return {
    ...nothingKept,
    async upsert(code, payload, expiresIn) {
      const unit = currentUnit()
      const grant = payload.grantId === undefined ? undefined : unit.grants.get(payload.grantId)
      if (grant === undefined) throw new Error('a code was issued without a grant of this request')
      unit.grant = grant
      unit.code = { code, grantId: grant.id, payload: storedPart(payload), lifetimeSeconds: lifetimeOf(expiresIn) }
      const { accountId, clientId, resourceUri, id: grantId } = grant
      const detail = { scopes: Object.keys(grant.permissions) }
      unit.events.push({ type: 'code.issued', outcome: 'allowed', accountId, clientId, resourceUri, grantId, detail })
    },
    async find(code) {
      const stored = await findCode(database, code)
      if (stored === undefined) return
      const unit = currentUnit()
      rememberRow(unit, stored.row)
      const { consumedAt, secondsLeft } = stored
      const { dpopJkt } = stored.payload
      const payload = { ...stored.payload, ...redirectUriFor(stored.payload) }
      const boundTo = typeof dpopJkt === 'string' ? dpopJkt : undefined
      unit.presented = { kind: 'code', value: code, grantId: stored.row.grant_id, boundTo }
      if (consumedAt !== undefined) return { ...payload, jti: code, exp: NEVER, consumed: consumedAt }
      return { ...payload, jti: code, exp: endFor(secondsLeft, now()) }
    },
    async consume(code) {
      const unit = currentUnit()
      if (unit.presented?.value !== code) throw new Error('a code was used that this request did not read')
      unit.consumption = { kind: 'code', code, grantId: unit.presented.grantId }
    },
  }
}

/**
 * A code that is bound to a verifier needs no redirect URI to say whose it is, and clients of OAuth 2.1 send none. One that
 * is sent is compared as ever.
 * @see OAuth 2.1 §10.2
 */
function redirectUriFor({ codeChallenge }: AdapterPayload): { redirectUri?: string } {
  const sent = Provider.ctx?.oidc.params?.redirect_uri
  const omitted = currentUnit().facts.redirectUriOmitted === true && codeChallenge !== undefined
  return omitted && typeof sent === 'string' ? { redirectUri: sent } : {}
}
