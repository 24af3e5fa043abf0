import type { Adapter } from 'oidc-provider'
import type { Successors } from '../../keys/successor.ts'
import type { Database } from '../../store/database.ts'
import { hashId } from '../../store/id-hash.ts'
import { findRefreshToken, type StoredRefreshToken } from '../../store/refresh-tokens.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { nothingKept } from './nothing-kept.ts'
import { bearerFree, rememberRow } from './payload.ts'

/**
 * Refresh tokens. Within the grace window a used one looks unused to the engine, which then runs every check of a normal
 * refresh and arrives at the same successor.
 */
export function refreshTokenAdapter(database: Database, successors: Successors, graceSeconds: number): Adapter {
  return {
    ...nothingKept,
    async upsert(token, payload) {
      const unit = currentUnit()
      const grantId = String(payload.grantId)
      unit.refreshToken = { token, grantId, payload: bearerFree(payload), expiresAt: Number(payload.exp) }
    },
    async find(token) {
      const stored = await findRefreshToken(database, token, graceSeconds)
      if (stored === undefined) return
      const unit = currentUnit()
      rememberRow(unit, stored.row)
      const successor = successorOf(successors, token, stored)
      unit.presented = { kind: 'refresh-token', value: token, grantId: stored.row.grant_id, successor }
      const dead = stored.consumedAt !== undefined && (!stored.inGrace || successor === undefined)
      return { ...stored.payload, jti: token, ...(dead ? { consumed: stored.consumedAt } : {}) }
    },
    async consume(token) {
      const unit = currentUnit()
      const { presented } = unit
      if (presented?.value !== token || presented.successor === undefined) {
        throw new Error('a refresh token was used that this request did not read')
      }
      unit.consumption = { kind: 'refresh-token', token, successor: presented.successor, grantId: presented.grantId }
    },
    async revokeByGrantId(grantId) {
      const { kills, presented } = currentUnit()
      if (presented?.kind === 'refresh-token') kills.set(grantId, 'refresh-token-replayed')
    },
  }
}

function successorOf(successors: Successors, token: string, stored: StoredRefreshToken): string | undefined {
  const { successorHash } = stored
  if (successorHash === undefined) return successors.next(token)
  return successors.matching(token, (candidate) => hashId(candidate).equals(successorHash))
}
