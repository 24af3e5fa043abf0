import type { Database, Statement } from './database.ts'
import { GRANT_COLUMNS, type GrantRow, liveGrant } from './grants.ts'
import { hashId } from './id-hash.ts'
import type { Part } from './statement-builder.ts'

/** A code as the database holds it; the code itself is not there. */
export interface StoredCode {
  readonly payload: Readonly<Record<string, unknown>>
  /** Seconds since 1970, or undefined while nobody redeemed it. */
  readonly consumedAt: number | undefined
  /** Seconds until it ends, by the clock of the database; negative when it has ended. */
  readonly secondsLeft: number
  readonly row: GrantRow
}

export interface NewCode {
  readonly code: string
  readonly grantId: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly lifetimeSeconds: number
}

const FIND: Statement = {
  name: 'code find',
  text: `SELECT k.payload, extract(epoch FROM k.consumed_at)::float8 AS consumed_at,
      extract(epoch FROM k.expires_at - now())::float8 AS seconds_left, ${GRANT_COLUMNS}
    FROM authorization_codes k
    JOIN grants g ON g.id = k.grant_id JOIN consents c ON c.id = g.consent_id JOIN accounts a ON a.id = g.account_id
   WHERE k.id_hash = $1`,
}

/** One round trip: the code with its grant, consent and account. */
export async function findCode(database: Database, code: string): Promise<StoredCode | undefined> {
  type Row = GrantRow & { payload: Record<string, unknown>; consumed_at: number | null; seconds_left: number }
  const [row] = await database.read<Row>(FIND, [hashId(code)])
  if (row === undefined) return undefined
  return { payload: row.payload, consumedAt: row.consumed_at ?? undefined, secondsLeft: row.seconds_left, row }
}

/** Whether the code is there and nobody has redeemed it. */
export async function isWaiting(database: Database, code: string): Promise<boolean> {
  const stored = await findCode(database, code)
  if (stored === undefined || stored.consumedAt !== undefined) return false
  return stored.secondsLeft > 0 && liveGrant(stored.row) !== undefined
}

/** Inserts the code with its grant. Follows `insertGrant`. */
export function insertCode(code: NewCode): Part {
  return {
    name: 'coded',
    sql: (place) => `INSERT INTO authorization_codes (id_hash, grant_id, payload, expires_at)
      SELECT ${place(hashId(code.code))}::bytea, id, ${place(JSON.stringify(code.payload))}::jsonb,
             now() + make_interval(secs => ${place(code.lifetimeSeconds)}::float8)
        FROM granted
      RETURNING grant_id`,
  }
}

/** Uses the code up; no row when somebody was first or the grant is dead. Follows `touchGrant`. */
export function consumeCode(code: string): Part {
  return {
    name: 'code_used',
    sql: (place) => `UPDATE authorization_codes SET consumed_at = now()
      WHERE id_hash = ${place(hashId(code))} AND consumed_at IS NULL AND expires_at > now()
        AND EXISTS (SELECT 1 FROM grant_live)
      RETURNING grant_id`,
  }
}
