import type { Account } from './accounts.ts'
import { type AccountColumns, accountOf } from './accounts.ts'
import type { Database, Statement } from './database.ts'
import { hashId } from './id-hash.ts'
import { holdProof, type SignInProof } from './sign-in-proof.ts'
import type { Part } from './statement-builder.ts'

// Two tabs that finish together both rotate the session id; the loser's cookie works until its page has moved on.
const RETIRED_ID_SECONDS = 30

/** A browser's sign-in session. The cookie holds an id that changes at each authorization; `uid` stays. */
export interface StoredSession {
  readonly uid: string
  readonly payload: Readonly<Record<string, unknown>>
  /** Seconds since 1970. */
  readonly expiresAt: number
  readonly account: Account | undefined
}

/** What one request changes about a session. */
export interface SessionWrite {
  readonly uid: string
  readonly id: string
  /** The id to retire. */
  readonly oldId?: string | undefined
  readonly accountId: string | undefined
  readonly payload: Readonly<Record<string, unknown>>
  readonly expiresAt: number
  /** A known session is updated and never brought back after sign-out. */
  readonly known: boolean
  /** What the person has just proven; the session is saved only while it still proves them. */
  readonly proof: SignInProof | undefined
}

type Row = AccountColumns & { uid: string; payload: Record<string, unknown>; expires_at: number }

const COLUMNS = `s.uid, s.payload, extract(epoch FROM s.expires_at)::float8 AS expires_at,
  a.id AS account_id, a.login, a.name, a.created_at, a.disabled_at`

const FIND: Statement = {
  name: 'session find',
  text: `SELECT ${COLUMNS} FROM session_ids i JOIN sessions s ON s.uid = i.uid LEFT JOIN accounts a ON a.id = s.account_id
    WHERE i.id_hash = $1 AND i.expires_at > now() AND s.expires_at > now()`,
}

const FIND_BY_UID: Statement = {
  name: 'session find by uid',
  text: `SELECT ${COLUMNS} FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id
    WHERE s.uid = $1 AND s.expires_at > now()`,
}

const END_ALL: Statement = { name: 'session end all', text: 'DELETE FROM sessions WHERE account_id = $1 RETURNING uid' }

const END: Statement = { name: 'session end', text: 'DELETE FROM sessions WHERE uid = $1 RETURNING account_id' }

export interface Sessions {
  find(id: string): Promise<StoredSession | undefined>
  findByUid(uid: string): Promise<StoredSession | undefined>
  /** Signs the browser out; false when the session was already gone. */
  end(uid: string): Promise<boolean>
  /** Signs every browser of the account out. What apps were allowed stays allowed. @returns how many */
  endAll(accountId: string): Promise<number>
}

export function createSessions(database: Database): Sessions {
  const one = async (statement: Statement, value: unknown): Promise<StoredSession | undefined> => {
    const [row] = await database.read<Row>(statement, [value])
    if (row === undefined || row.disabled_at !== null) return undefined
    return { uid: row.uid, payload: row.payload, expiresAt: Math.floor(row.expires_at), account: accountOf(row) }
  }
  return {
    find: (id) => one(FIND, hashId(id)),
    findByUid: (uid) => one(FIND_BY_UID, uid),
    end: async (uid) => (await database.write(END, [uid])).length > 0,
    endAll: async (accountId) => (await database.write(END_ALL, [accountId])).length,
  }
}

/** Name of the part that finds a row when the session was saved. */
export const SESSION_SAVED = 'session_saved'
/** Name of the part that finds a row when a session that is not written is still there. */
export const SESSION_HELD = 'session_held'

/**
 * Finds the session if it still belongs to this account, and keeps it from being ended before this statement is through.
 * @param after name of an earlier part that must have found a row: the account, which is held before its sessions are
 *   wherever both are, so that no two statements wait for each other
 */
export function holdSession(session: { uid: string; accountId: string }, after: string): Part {
  return {
    name: SESSION_HELD,
    sql: (
      place,
    ) => `SELECT uid FROM sessions WHERE uid = ${place(session.uid)} AND account_id = ${place(session.accountId)}
      AND expires_at > now() AND EXISTS (SELECT 1 FROM ${after}) FOR KEY SHARE`,
  }
}

/**
 * Saves the session and its rotated id.
 * @param after name of an earlier part that must have found a row, as for `holdSession`, if there is one
 */
export function saveSession(write: SessionWrite, after?: string): readonly Part[] {
  const { proof, accountId } = write
  const proven = proof === undefined ? [] : [holdProof(String(accountId), proof)]
  const needed = [...(after === undefined ? [] : [after]), ...proven.map(({ name }) => name)]
  const condition = ['true', ...needed.map((name) => `EXISTS (SELECT 1 FROM ${name})`)].join(' AND ')
  const saved: Part = {
    name: SESSION_SAVED,
    sql: (place) =>
      write.known
        ? `UPDATE sessions SET account_id = ${place(write.accountId ?? null)}::text,
             payload = ${place(JSON.stringify(write.payload))}::jsonb, expires_at = to_timestamp(${place(write.expiresAt)}::float8)
           WHERE uid = ${place(write.uid)} AND expires_at > now() AND ${condition} RETURNING uid`
        : `INSERT INTO sessions (uid, account_id, payload, created_at, expires_at)
           SELECT ${place(write.uid)}::text, ${place(write.accountId ?? null)}::text, ${place(JSON.stringify(write.payload))}::jsonb,
                  now(), to_timestamp(${place(write.expiresAt)}::float8) WHERE ${condition} RETURNING uid`,
  }
  const identified: Part = {
    name: 'session_identified',
    sql: (place) => `INSERT INTO session_ids (id_hash, uid, expires_at)
      SELECT ${place(hashId(write.id))}::bytea, uid, to_timestamp(${place(write.expiresAt)}::float8) FROM ${SESSION_SAVED}
      ON CONFLICT (id_hash) DO UPDATE SET expires_at = excluded.expires_at`,
  }
  if (write.oldId === undefined) return [...proven, saved, identified]
  const oldId = write.oldId
  const retired: Part = {
    name: 'session_id_retired',
    sql: (
      place,
    ) => `UPDATE session_ids SET expires_at = least(expires_at, now() + interval '${RETIRED_ID_SECONDS} seconds')
      WHERE id_hash = ${place(hashId(oldId))}`,
  }
  return [...proven, saved, identified, retired]
}
