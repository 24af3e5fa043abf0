import type { Database, Statement } from './database.ts'
import { GRANT_COLUMNS, type GrantRow } from './grants.ts'
import { hashId } from './id-hash.ts'
import type { Part } from './statement-builder.ts'

// A client that asks more often than this within one grace window is not retrying a lost answer.
export const GRACE_ANSWERS_MAX = 50

/** A refresh token as the database holds it; the token itself is not there. */
export interface StoredRefreshToken {
  readonly payload: Readonly<Record<string, unknown>>
  /** Seconds since 1970 of the first use, or undefined. */
  readonly consumedAt: number | undefined
  /** A use now is a repetition that is answered with the same successor. */
  readonly inGrace: boolean
  /** Seconds until it ends, by the clock of the database; negative when it has ended. */
  readonly secondsLeft: number
  readonly successorHash: Buffer | undefined
  readonly row: GrantRow
}

export interface NewRefreshToken {
  readonly token: string
  readonly grantId: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly lifetimeSeconds: number
}

// The window is open while the first use is recent, answers are left, and nobody has presented the successor. A window of
// zero is no window, even where parallel requests make the first use look as if it lay ahead of now.
function windowIsOpen(token: string, graceSeconds: string, successorUsed: string): string {
  return `${graceSeconds} > 0 AND ${token}.consumed_at > now() - make_interval(secs => ${graceSeconds})
    AND ${token}.answers <= ${GRACE_ANSWERS_MAX} AND NOT (${successorUsed})`
}

const FIND: Statement = {
  name: 'refresh token find',
  text: `SELECT t.payload, extract(epoch FROM t.consumed_at)::float8 AS consumed_at, t.successor_hash,
      extract(epoch FROM t.expires_at - now())::float8 AS seconds_left,
      (t.consumed_at IS NOT NULL AND ${windowIsOpen('t', '$2::float8', 's.consumed_at IS NOT NULL')}) AS in_grace, ${GRANT_COLUMNS}
    FROM refresh_tokens t
    JOIN grants g ON g.id = t.grant_id JOIN consents c ON c.id = g.consent_id JOIN accounts a ON a.id = g.account_id
    LEFT JOIN refresh_tokens s ON s.id_hash = t.successor_hash
   WHERE t.id_hash = $1`,
}

/**
 * One round trip: the token with its successor's state, its grant, consent and account.
 * @param graceSeconds length of the grace window; 0 turns it off
 */
export async function findRefreshToken(
  database: Database,
  token: string,
  graceSeconds: number,
): Promise<StoredRefreshToken | undefined> {
  type Row = GrantRow & {
    payload: Record<string, unknown>
    consumed_at: number | null
    successor_hash: Buffer | null
    in_grace: boolean
    seconds_left: number
  }
  const [row] = await database.read<Row>(FIND, [hashId(token), graceSeconds])
  if (row === undefined) return undefined
  return {
    payload: row.payload,
    consumedAt: row.consumed_at ?? undefined,
    inGrace: row.in_grace,
    secondsLeft: row.seconds_left,
    successorHash: row.successor_hash ?? undefined,
    row,
  }
}

/**
 * Uses the token, or repeats its use within the grace window; no row when neither is allowed or the grant is dead.
 * One statement for both, so that twenty parallel requests need no second try. Follows `touchGrant`.
 */
export function consumeRefreshToken(use: { token: string; successor: string; graceSeconds: number }): Part {
  return {
    name: 'refresh_token_used',
    sql: (place) => {
      const successor = place(hashId(use.successor))
      const grace = `${place(use.graceSeconds)}::float8`
      const successorUsed = `EXISTS (SELECT 1 FROM refresh_tokens s
        WHERE s.id_hash = ${successor}::bytea AND s.consumed_at IS NOT NULL)`
      return `UPDATE refresh_tokens SET consumed_at = coalesce(consumed_at, now()),
          successor_hash = coalesce(successor_hash, ${successor}::bytea), answers = answers + 1
        WHERE id_hash = ${place(hashId(use.token))} AND expires_at > now()
          AND (successor_hash IS NULL OR successor_hash = ${successor}::bytea)
          AND (consumed_at IS NULL OR (${windowIsOpen('refresh_tokens', grace, successorUsed)}))
          AND EXISTS (SELECT 1 FROM grant_live)
        RETURNING grant_id`
    },
  }
}

/**
 * Stores a new token if `after` found a row. A repetition within the grace window inserts nothing: the successor is there.
 * @param after the part that used up the code or the previous token
 */
export function insertRefreshToken(token: NewRefreshToken, after: 'code_used' | 'refresh_token_used'): Part {
  return {
    name: 'refresh_token_minted',
    sql: (place) => `INSERT INTO refresh_tokens (id_hash, grant_id, payload, expires_at)
      SELECT ${place(hashId(token.token))}::bytea, grant_id, ${place(JSON.stringify(token.payload))}::jsonb,
             now() + make_interval(secs => ${place(token.lifetimeSeconds)}::float8)
        FROM ${after}
      ON CONFLICT (id_hash) DO NOTHING`,
  }
}
