import type { Database, Statement } from './database.ts'
import { hashId } from './id-hash.ts'

/** Interaction state that is too large for a cookie, by a key that is kept as a digest. It is sealed by whoever stores it. */
export interface InteractionRows {
  put(key: string, sealed: Buffer, expiresAt: number): Promise<void>
  find(key: string): Promise<Buffer | undefined>
}

const PUT: Statement = {
  name: 'interaction put',
  text: `INSERT INTO interactions (id_hash, sealed, expires_at) VALUES ($1, $2, to_timestamp($3::float8))
    ON CONFLICT (id_hash) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
}

const FIND: Statement = {
  name: 'interaction find',
  text: 'SELECT sealed FROM interactions WHERE id_hash = $1 AND expires_at > now()',
}

export function createInteractionRows(database: Database): InteractionRows {
  return {
    async put(key, sealed, expiresAt) {
      await database.write(PUT, [hashId(key), sealed, expiresAt])
    },
    async find(key) {
      const [row] = await database.read<{ sealed: Buffer }>(FIND, [hashId(key)])
      return row?.sealed
    },
  }
}
