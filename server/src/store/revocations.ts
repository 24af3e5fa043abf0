import type { Database, Statement } from './database.ts'

/** Grants that ended before their access tokens did. */
export interface Revocations {
  /**
   * Ids of all grants for these resources that were ended within the last `seconds`. All of them each time: rows become visible
   * in another order than they were written in, so that whoever asks for "what is new" would miss one.
   */
  list(resourceUris: readonly string[], seconds: number): Promise<readonly string[]>
}

const LIST: Statement = {
  name: 'revocation list',
  text: `SELECT id FROM grants
    WHERE revoked_at > now() - make_interval(secs => $2::float8) AND resource_uri = ANY($1::text[]) ORDER BY id`,
}

export function createRevocations(database: Database): Revocations {
  return {
    async list(resourceUris, seconds) {
      const rows = await database.read<{ id: string }>(LIST, [resourceUris, seconds])
      return rows.map(({ id }) => id)
    },
  }
}
