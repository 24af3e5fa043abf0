import type { Database, Statement } from './database.ts'

/** Grants that ended before their access tokens did. */
export interface Revocations {
  /**
   * Ids of all grants for these resources that were ended within the last `seconds`. All of them each time: rows become visible
   * in another order than they were written in, so that whoever asks for "what is new" would miss one.
   */
  list(resourceUris: readonly string[], seconds: number): Promise<Revocation>
}

export interface Revocation {
  readonly grants: readonly string[]
  /** When the list was read, by the clock of the database: seconds since 1970. */
  readonly readAt: number
}

const LIST: Statement = {
  name: 'revocation list',
  text: `SELECT floor(extract(epoch FROM now()))::float8 AS read_at, coalesce(array_agg(id ORDER BY id), '{}') AS grants FROM grants
    WHERE revoked_at > now() - make_interval(secs => $2::float8) AND resource_uri = ANY($1::text[])`,
}

export function createRevocations(database: Database): Revocations {
  return {
    async list(resourceUris, seconds) {
      type Row = { read_at: number; grants: readonly string[] }
      const [row] = await database.read<Row>(LIST, [resourceUris, seconds])
      if (row === undefined) throw new TypeError('an aggregate without a row')
      return { grants: row.grants, readAt: row.read_at }
    },
  }
}
