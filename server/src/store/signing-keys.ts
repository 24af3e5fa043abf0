import type { Database, Statement } from './database.ts'

/** The table behind the key ring. What lies in it is sealed before it comes here; its times are the database's. */
export interface SigningKeyTable {
  /** Oldest first, without those that have ended. */
  list(): Promise<readonly SigningKeyRow[]>
  /** Adds a key that signs `signsAfterSeconds` from now. Does nothing when another process added this generation first. */
  add(key: NewSigningKeyRow, signsAfterSeconds: number): Promise<void>
  /**
   * Adds a key that follows all others: they end `endAfterSeconds` after it began to sign, in the same statement. Zero ends
   * them for good: no clock that goes back brings them back.
   * @returns false, and nothing happened, when another process added this generation first
   */
  succeed(key: NewSigningKeyRow, times: { signsAfterSeconds: number; endAfterSeconds: number }): Promise<boolean>
}

export interface NewSigningKeyRow {
  readonly kid: string
  readonly generation: number
  readonly algorithm: string
  readonly sealed: Buffer
}

export interface SigningKeyRow extends NewSigningKeyRow {
  /** Whether the time has come that it may sign. */
  readonly due: boolean
  readonly createdAt: Date
  readonly signsFrom: Date
  /** When it is published no more; undefined while no other key was made to follow. */
  readonly endsAt: Date | undefined
}

const LIST: Statement = {
  name: 'signing key list',
  text: `SELECT kid, generation, algorithm, sealed, signs_from <= now() AS due, created_at, signs_from, ends_at
    FROM signing_keys WHERE ends_at IS NULL OR ends_at > now() ORDER BY generation`,
}

const INSERT = `INSERT INTO signing_keys (kid, generation, algorithm, sealed, created_at, signs_from)
  VALUES ($1, $2, $3, $4, now(), now() + make_interval(secs => $5::float8)) ON CONFLICT DO NOTHING`

const ADD: Statement = { name: 'signing key add', text: INSERT }

const SUCCEED: Statement = {
  name: 'signing key succeed',
  text: `WITH made AS (${INSERT} RETURNING signs_from),
    ending AS (SELECT CASE WHEN $6::float8 = 0 THEN '-infinity'::timestamptz
      ELSE signs_from + make_interval(secs => $6::float8) END AS others_end FROM made),
    ended AS (UPDATE signing_keys SET ends_at = others_end FROM ending
      WHERE kid <> $1 AND (ends_at IS NULL OR ends_at > others_end))
    SELECT signs_from FROM made`,
}

interface Row {
  [column: string]: unknown
  kid: string
  generation: number
  algorithm: string
  sealed: Buffer
  due: boolean
  created_at: Date
  signs_from: Date
  ends_at: Date | null
}

export function createSigningKeyTable(database: Database): SigningKeyTable {
  return {
    async list() {
      const rows = await database.read<Row>(LIST, [])
      return rows.map(({ created_at: createdAt, signs_from: signsFrom, ends_at: endsAt, ...rest }) => {
        return { ...rest, createdAt, signsFrom, endsAt: endsAt ?? undefined }
      })
    },
    async add({ kid, generation, algorithm, sealed }, signsAfterSeconds) {
      await database.write(ADD, [kid, generation, algorithm, sealed, signsAfterSeconds])
    },
    async succeed({ kid, generation, algorithm, sealed }, { signsAfterSeconds, endAfterSeconds }) {
      const values = [kid, generation, algorithm, sealed, signsAfterSeconds, endAfterSeconds]
      return (await database.write(SUCCEED, values)).length > 0
    },
  }
}
