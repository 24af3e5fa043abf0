import type { Database, Statement } from './database.ts'

/** A grant that ended, or of which something was taken back. */
export interface RevokedGrant {
  readonly id: string
  /** Scopes that its access tokens may still name and that count no more; undefined where all of it ended. */
  readonly takenBack: readonly string[] | undefined
  /** How long ago, by the clock of the database. */
  readonly secondsAgo: number
}

export interface RevocationList {
  /** In the order of their ids. */
  readonly grants: readonly RevokedGrant[]
  /** When the list was read, by the clock of the database: seconds since 1970. */
  readonly readAt: number
}

/** Grants of which more is said in access tokens than still holds. */
export interface Revocations {
  /**
   * All grants for these resources that were ended or narrowed within the last `seconds`. All of them each time: rows become
   * visible in another order than they were written in, so that whoever asks for "what is new" would miss one.
   */
  list(resourceUris: readonly string[], seconds: number): Promise<RevocationList>
}

// Two conditions, each with an index of its own; the time of the reading comes along where there is nothing else to tell.
const LIST: Statement = {
  name: 'revocation list',
  text: `WITH revoked AS (
      SELECT id, NULL::jsonb AS taken_back, revoked_at AS since FROM grants
        WHERE revoked_at > now() - make_interval(secs => $2::float8) AND resource_uri = ANY($1::text[])
      UNION ALL
      SELECT id, taken_back, narrowed_at FROM grants
        WHERE narrowed_at > now() - make_interval(secs => $2::float8) AND resource_uri = ANY($1::text[]) AND revoked_at IS NULL)
    SELECT floor(extract(epoch FROM now()))::float8 AS read_at, coalesce(json_agg(json_build_object('id', id,
        'takenBack', taken_back, 'secondsAgo', extract(epoch FROM now() - since)::float8) ORDER BY id), '[]') AS grants
      FROM revoked`,
}

export function createRevocations(database: Database): Revocations {
  return {
    async list(resourceUris, seconds) {
      type Told = Omit<RevokedGrant, 'takenBack'> & { takenBack: readonly string[] | null }
      const [row] = await database.read<{ read_at: number; grants: readonly Told[] }>(LIST, [resourceUris, seconds])
      if (row === undefined) throw new TypeError('an aggregate without a row')
      const grants = row.grants.map((grant) => ({ ...grant, takenBack: grant.takenBack ?? undefined }))
      return { grants, readAt: row.read_at }
    },
  }
}
