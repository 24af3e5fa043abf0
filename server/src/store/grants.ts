import type { Database, Statement } from './database.ts'
import { ACCOUNT_HELD, clientIsThere, holdParties, PARTIES_HELD, resourceIsThere } from './parties.ts'
import { asInConsent, type Permissions } from './permission.ts'
import type { Part } from './statement-builder.ts'

/** One authorization made from a consent: one code, one refresh family, what was exchanged from them. */
export interface Grant {
  /** Public id, `gid` in access tokens. Random. */
  readonly id: string
  readonly consentId: string
  readonly accountId: string
  readonly clientId: string
  /** Version of the client document it was made with; undefined for a registered client. */
  readonly clientDigest: string | undefined
  readonly resourceUri: string
  readonly permissions: Permissions
  /** Whether the code may bring a refresh token. */
  readonly refreshable: boolean
  /** Absolute end of everything made from it, seconds since 1970. */
  readonly expiresAt: number
  /** Seconds since 1970. */
  readonly createdAt: number
}

/** Why a grant was ended; a closed list, shown in audit events and counted by. */
export const REVOCATION_REASONS = [
  'code-replayed',
  'refresh-token-replayed',
  'revoked-by-client',
  'consent-withdrawn',
  'account-disabled',
  'password-changed',
  'client-removed',
  'client-document-gone',
  'resource-removed',
  'revoked-by-operator',
] as const
export type RevocationReason = (typeof REVOCATION_REASONS)[number]

/** Columns of a grant with its consent and account, for a query that names them g, c and a. */
export const GRANT_COLUMNS = `g.id AS grant_id, g.consent_id, g.account_id, g.client_id, g.client_digest, g.resource_uri,
  g.scopes AS grant_scopes, g.refreshable, g.revoked_at,
  extract(epoch FROM g.expires_at)::float8 AS grant_expires_at, extract(epoch FROM g.created_at)::float8 AS grant_created_at,
  c.withdrawn_at, a.login, a.name AS account_name, a.disabled_at`

export interface GrantRow {
  grant_id: string
  consent_id: string
  account_id: string
  client_id: string
  client_digest: string | null
  resource_uri: string
  grant_scopes: Permissions
  refreshable: boolean
  revoked_at: Date | null
  grant_expires_at: number
  grant_created_at: number
  withdrawn_at: Date | null
  login: string
  account_name: string
  disabled_at: Date | null
}

/** The grant of a row, or undefined when the grant, its consent or its account is no longer live. */
export function liveGrant(row: GrantRow): Grant | undefined {
  if (row.revoked_at !== null || row.withdrawn_at !== null || row.disabled_at !== null) return undefined
  return {
    id: row.grant_id,
    consentId: row.consent_id,
    accountId: row.account_id,
    clientId: row.client_id,
    clientDigest: row.client_digest ?? undefined,
    resourceUri: row.resource_uri,
    permissions: row.grant_scopes,
    refreshable: row.refreshable,
    expiresAt: Math.floor(row.grant_expires_at),
    createdAt: Math.floor(row.grant_created_at),
  }
}

const FIND: Statement = {
  name: 'grant find',
  text: `SELECT ${GRANT_COLUMNS} FROM grants g JOIN consents c ON c.id = g.consent_id JOIN accounts a ON a.id = g.account_id
    WHERE g.id = $1`,
}

/** The grant of that id while it, its consent and its account are live. */
export async function findGrant(database: Database, grantId: string): Promise<Grant | undefined> {
  const [row] = await database.read<GrantRow>(FIND, [grantId])
  return row && liveGrant(row)
}

/**
 * Parts that insert a grant if consent, account, client and resource are live at that moment, the consent still holds every
 * permission that was read from it, and no other grant has its id. All four are locked: what takes one of them away is seen
 * here, or waits and finds this grant when it looks a second time. Follows `holdAccount`.
 * @param after name of an earlier part that must have found a row: the session
 */
export function insertGrant(grant: Grant, after: string): readonly Part[] {
  const granted: Part = {
    name: 'granted',
    sql: (place) => `INSERT INTO grants
      (id, consent_id, account_id, client_id, client_digest, resource_uri, scopes, refreshable, created_at, expires_at)
      SELECT ${place(grant.id)}::text, c.id, c.account_id, c.client_id, c.client_digest, c.resource_uri,
             ${place(JSON.stringify(grant.permissions))}::json, ${place(grant.refreshable)}::boolean, now(),
             to_timestamp(${place(grant.expiresAt)}::float8)
        FROM consents c
       WHERE c.id = ${place(grant.consentId)} AND c.withdrawn_at IS NULL
         AND c.account_id = ${place(grant.accountId)}::text AND EXISTS (SELECT 1 FROM ${ACCOUNT_HELD})
         AND c.client_id = ${place(grant.clientId)}::text AND c.resource_uri = ${place(grant.resourceUri)}::text
         AND c.client_digest IS NOT DISTINCT FROM ${place(grant.clientDigest ?? null)}::text
         AND c.scopes ?& ${place(Object.keys(asInConsent(grant.permissions)))}::text[]
         AND EXISTS (SELECT 1 FROM ${after}) AND ${PARTIES_HELD}
         FOR SHARE OF c
      ON CONFLICT (id) DO NOTHING RETURNING id`,
  }
  return [...holdParties(grant), granted]
}

/** Condition on a row of `grants`: it and everything it hangs on are live. */
export const GRANT_IS_LIVE = `grants.revoked_at IS NULL AND grants.expires_at > now()
        AND ${clientIsThere('grants.client_id', 'grants.client_digest')}
        AND ${resourceIsThere('grants.resource_uri')}
        AND EXISTS (SELECT 1 FROM consents c JOIN accounts a ON a.id = c.account_id
                     WHERE c.id = grants.consent_id AND c.withdrawn_at IS NULL AND a.disabled_at IS NULL)`

/**
 * Marks the grant as used if it and everything it hangs on are live, and it still holds what it held when it was read; its
 * row is where a revocation and a token request meet.
 * @param grant.permissions as they were read; undefined where the request read none
 * @param after name of an earlier part that must have found a row, if there is one: what proves the client
 */
export function touchGrant(grant: { id: string; permissions: Permissions | undefined }, after?: string): Part {
  return {
    name: 'grant_live',
    sql: (place) => `UPDATE grants SET last_used_at = now()
      WHERE id = ${place(grant.id)} AND ${GRANT_IS_LIVE}
        ${grant.permissions === undefined ? '' : `AND scopes::jsonb = ${place(JSON.stringify(grant.permissions))}::jsonb`}
        ${after === undefined ? '' : `AND EXISTS (SELECT 1 FROM ${after})`}
      RETURNING id`,
  }
}

/**
 * SQL parts that end the live grants `condition` selects, and record each end.
 * @param reason a reason, or the place of one
 * @param correlation place of the id that the events of one act share, as `$2`
 */
export function endGrants(condition: string, reason: RevocationReason | `$${number}`, correlation: string): string {
  const why = reason.startsWith('$') ? `${reason}::text` : `'${reason}'::text`
  return `ended AS (UPDATE grants SET revoked_at = now(), revoked_reason = ${why}
      WHERE ${condition} AND revoked_at IS NULL RETURNING id, account_id, client_id, resource_uri),
    recorded AS (INSERT INTO audit_events
        (id, at, type, outcome, correlation_id, account_id, client_id, resource_uri, grant_id, detail)
      SELECT gen_random_uuid(), now(), 'grant.revoked', 'allowed', ${correlation}::text, account_id, client_id, resource_uri, id,
             jsonb_build_object('reason', ${why})
        FROM ended)`
}

/** Column of a statement with `endGrants`: how many grants it ended, the same in each row. */
export const ENDED = '(SELECT count(*) FROM ended)::int AS ended'

/** Sends a statement that has `endGrants` and answers the column `ENDED`, and tells how many grants it ended. */
export async function writeEnding<Row extends { ended: number }>(
  database: Database,
  reason: RevocationReason,
  statement: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  const rows = await database.write<Row>(statement, values)
  const [row] = rows
  if (row !== undefined && row.ended > 0) database.observer.grantsEnded(reason, row.ended)
  return rows
}

const REVOKE_GRANT: Statement = {
  name: 'grant revoke',
  text: `WITH revoked AS (
      UPDATE grants SET revoked_at = now(), revoked_reason = $2 WHERE id = $1 AND revoked_at IS NULL
      RETURNING id, account_id, client_id, resource_uri),
    recorded AS (
      INSERT INTO audit_events (id, at, type, outcome, code, correlation_id, account_id, client_id, resource_uri, grant_id, detail)
      SELECT $3::uuid, now(), 'grant.revoked', 'allowed', NULL, $4, account_id, client_id, resource_uri, id,
             jsonb_build_object('reason', $2::text)
        FROM revoked)
    SELECT id FROM revoked`,
}

/**
 * Ends one grant and everything made from it.
 * @param eventId id of the audit event, used only when the grant was still live
 */
export async function revokeGrant(
  database: Database,
  revocation: { grantId: string; reason: RevocationReason; eventId: string; correlationId: string },
): Promise<void> {
  const { grantId, reason, eventId, correlationId } = revocation
  const rows = await database.write(REVOKE_GRANT, [grantId, reason, eventId, correlationId])
  if (rows.length > 0) database.observer.grantsEnded(reason, rows.length)
}
