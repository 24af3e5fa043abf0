import type { Database, Statement } from './database.ts'
import { GRANT_IS_LIVE } from './grants.ts'

/** What must be live, and whose, for an access token to be told about. */
export interface AccessTokenLiveness {
  readonly grantId: string
  readonly accountId: string
  /** The one resource the token is for. */
  readonly audience: string
  /** Seconds since 1970. */
  readonly expiresAt: number
  /** Clients that acted for the person on the way to this token. */
  readonly actors: readonly string[]
  /** The client that asks; it must own the resource. */
  readonly ownerClientId: string
}

// One statement, one moment: nothing of it can be revoked between two looks.
const IS_LIVE: Statement = {
  name: 'access token is live',
  text: `SELECT taken_back FROM grants
    WHERE id = $1 AND account_id = $2 AND to_timestamp($4::float8) > now() AND ${GRANT_IS_LIVE}
      AND EXISTS (SELECT 1 FROM resources r WHERE r.uri = $3 AND r.owner_client_id = $5)
      AND NOT EXISTS (SELECT 1 FROM unnest($6::text[]) AS actor (id)
                       WHERE NOT EXISTS (SELECT 1 FROM clients WHERE clients.id = actor.id))`,
}

/**
 * Looks whether the token has not ended, everything it hangs on is live, and the client that asks owns its resource.
 * @returns the scopes of it that were taken back meanwhile; undefined where it is not live
 */
export async function findLiveAccessToken(
  database: Database,
  token: AccessTokenLiveness,
): Promise<{ readonly takenBack: readonly string[] } | undefined> {
  const { grantId, accountId, audience, expiresAt, actors, ownerClientId } = token
  type Row = { taken_back: readonly string[] | null }
  const [row] = await database.read<Row>(IS_LIVE, [grantId, accountId, audience, expiresAt, ownerClientId, actors])
  return row && { takenBack: row.taken_back ?? [] }
}
