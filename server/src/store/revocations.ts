import type { Database, Statement } from './database.ts'

/** A grant that ended, or of which something was taken back. */
export interface RevokedGrant {
  readonly id: string
  /** Scopes that its access tokens may still name and that count no more; undefined where all of it ended. */
  readonly takenBack: readonly string[] | undefined
  /** How long ago, by the clock of the database. */
  readonly secondsAgo: number
}

/** Grants of which more is said in access tokens than still holds. */
export interface Revocations {
  /**
   * All grants for these resources that were ended or narrowed within the last `seconds`. All of them each time: rows become
   * visible in another order than they were written in, so that whoever asks for "what is new" would miss one.
   */
  list(resourceUris: readonly string[], seconds: number): Promise<readonly RevokedGrant[]>
}

// Two conditions, each with an index of its own.
const LIST: Statement = {
  name: 'revocation list',
  text: `SELECT id, NULL::jsonb AS taken_back, extract(epoch FROM now() - revoked_at)::float8 AS seconds_ago FROM grants
      WHERE revoked_at > now() - make_interval(secs => $2::float8) AND resource_uri = ANY($1::text[])
    UNION ALL
    SELECT id, taken_back, extract(epoch FROM now() - narrowed_at)::float8 AS seconds_ago FROM grants
      WHERE narrowed_at > now() - make_interval(secs => $2::float8) AND resource_uri = ANY($1::text[]) AND revoked_at IS NULL
    ORDER BY id`,
}

export function createRevocations(database: Database): Revocations {
  return {
    async list(resourceUris, seconds) {
      type Row = { id: string; taken_back: readonly string[] | null; seconds_ago: number }
      const rows = await database.read<Row>(LIST, [resourceUris, seconds])
      return rows.map(({ id, taken_back: takenBack, seconds_ago: secondsAgo }) => {
        return { id, takenBack: takenBack ?? undefined, secondsAgo }
      })
    },
  }
}
