import type { Database, Statement } from './database.ts'

/** A grant that ended. */
export interface RevokedGrant {
  readonly id: string
  /** How long ago, by the clock of the database. */
  readonly secondsAgo: number
}

/** Grants that ended before their access tokens did. */
export interface Revocations {
  /**
   * All grants for these resources that were ended within the last `seconds`. All of them each time: rows become visible
   * in another order than they were written in, so that whoever asks for "what is new" would miss one.
   */
  list(resourceUris: readonly string[], seconds: number): Promise<readonly RevokedGrant[]>
}

const LIST: Statement = {
  name: 'revocation list',
  text: `SELECT id, extract(epoch FROM now() - revoked_at)::float8 AS seconds_ago FROM grants
    WHERE revoked_at > now() - make_interval(secs => $2::float8) AND resource_uri = ANY($1::text[]) ORDER BY id`,
}

export function createRevocations(database: Database): Revocations {
  return {
    async list(resourceUris, seconds) {
      const rows = await database.read<{ id: string; seconds_ago: number }>(LIST, [resourceUris, seconds])
      return rows.map(({ id, seconds_ago: secondsAgo }) => ({ id, secondsAgo }))
    },
  }
}
