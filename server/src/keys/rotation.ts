import { ACCESS_TOKENS_GONE_SECONDS } from '../config/lifetimes.ts'
import type { Sealer } from './sealing.ts'
import {
  makeSigningKey,
  type NewSigningKey,
  nextGeneration,
  opensWith,
  type SigningAlgorithm,
  type StoredSigningKey,
} from './signing-keys.ts'

export interface RotationTable {
  list(): Promise<readonly (StoredSigningKey & { readonly signsFrom: Date })[]>
  succeed(key: NewSigningKey, times: { signsAfterSeconds: number; endAfterSeconds: number }): Promise<boolean>
}

/** How soon the new key signs: after so many seconds, or at once, together with the end of every other key. */
export type RotationPace = { readonly signsAfterSeconds: number } | 'compromised'

export type Rotation =
  | { readonly ok: true; readonly kid: string; readonly generation: number }
  /** A key that was made before does not sign yet. */
  | { readonly ok: false; readonly reason: 'under-way'; readonly kid: string; readonly signsFrom: Date }
  | { readonly ok: false; readonly reason: 'lost-race' }
  /** A stored key does not open with the configured encryption keys. */
  | { readonly ok: false; readonly reason: 'sealed'; readonly kid: string }

/** Makes the signing key that follows the others. Of several at once, one makes it. */
export async function rotateSigningKeys(options: {
  table: RotationTable
  sealer: Sealer
  algorithm: SigningAlgorithm
  pace: RotationPace
}): Promise<Rotation> {
  const { table, sealer, algorithm, pace } = options
  const stored = await table.list()
  // With encryption keys that do not open the old ones, the servers would not open the new one either.
  const closed = stored.find((key) => !opensWith(sealer, key))
  if (closed !== undefined) return { ok: false, reason: 'sealed', kid: closed.kid }
  const coming = stored.find((key) => !key.due)
  if (coming !== undefined && pace !== 'compromised') {
    return { ok: false, reason: 'under-way', kid: coming.kid, signsFrom: coming.signsFrom }
  }
  const key = await makeSigningKey(sealer, algorithm, nextGeneration(stored))
  const times =
    pace === 'compromised'
      ? { signsAfterSeconds: 0, endAfterSeconds: 0 }
      : // A key that no longer signs is published until everything it signed has expired.
        { signsAfterSeconds: pace.signsAfterSeconds, endAfterSeconds: ACCESS_TOKENS_GONE_SECONDS }
  if (!(await table.succeed(key, times))) return { ok: false, reason: 'lost-race' }
  return { ok: true, kid: key.kid, generation: key.generation }
}
