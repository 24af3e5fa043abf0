import { type Account, type AccountColumns, accountOf } from './accounts.ts'
import { type AuditEvent, timeOrderedId } from './audit-event.ts'
import { recordEvents } from './audit-events.ts'
import type { Database, Statement } from './database.ts'
import { holdParties, PARTIES_HELD } from './parties.ts'
import { asInConsent, type Permissions } from './permission.ts'
import { combine, type Part } from './statement-builder.ts'

/** What a person agreed to, by account, client and resource. It is found from any browser and keeps the union. */
export interface Consent {
  readonly id: string
  readonly permissions: Permissions
  /** Sites, as origins, that the person has seen an answer go to. */
  readonly sites: ReadonlySet<string>
  /** Digest of the client document the person saw, where there is one. */
  readonly clientDigest: string | undefined
}

export interface ConsentKey {
  readonly accountId: string
  readonly clientId: string
  readonly resourceUri: string
}

/** A client as whoever is signed in may have agreed to it, whichever resource it was for. */
interface ConsentToClient extends Pick<ConsentKey, 'accountId' | 'clientId'> {
  readonly clientDigest: string | undefined
  /** Origin that the person must have seen an answer go to; undefined where answers stay on their machine. */
  readonly site: string | undefined
}

export interface Consents {
  /** The account and its live consent in one round trip. A disabled account is not found. */
  findWithAccount(key: ConsentKey): Promise<{ account: Account; consent: Consent | undefined } | undefined>
  /** Whether the account has agreed to this version of the client, and something of it still holds. */
  isLive(consent: ConsentToClient): Promise<boolean>
  /**
   * Adds permissions to what was agreed before, if the session that says so is still signed in to this account, and client
   * and resource are still there: another that comes to live under the same name must not find a consent.
   * @param gift.clientDigest version of the client document the person saw; what was agreed to with another one is not kept
   * @param gift.site origin the answer goes to, where it goes to a site
   * @returns false when it is not
   */
  give(gift: Gift & { event: AuditEvent; correlationId: string }): Promise<boolean>
}

interface Gift extends ConsentKey {
  readonly sessionUid: string
  readonly clientDigest: string | undefined
  readonly permissions: Permissions
  readonly site: string | undefined
}

const FIND_WITH_ACCOUNT: Statement = {
  name: 'consent find with account',
  text: `SELECT a.id AS account_id, a.login, a.name, a.created_at, a.disabled_at, c.id AS consent_id, c.scopes, c.sites, c.client_digest
    FROM accounts a
    LEFT JOIN consents c ON c.account_id = a.id AND c.client_id = $2 AND c.resource_uri = $3 AND c.withdrawn_at IS NULL
   WHERE a.id = $1 AND a.disabled_at IS NULL`,
}

const IS_LIVE: Statement = {
  name: 'consent is live',
  text: `SELECT 1 FROM consents c JOIN accounts a ON a.id = c.account_id AND a.disabled_at IS NULL
    WHERE c.account_id = $1 AND c.client_id = $2 AND c.withdrawn_at IS NULL
      AND c.client_digest IS NOT DISTINCT FROM $3::text AND ($4::text IS NULL OR c.sites ? $4::text)
      AND EXISTS (SELECT 1 FROM jsonb_each(c.scopes) AS each WHERE ${stillHolds('each.value')})
    LIMIT 1`,
}

/**
 * SQL parts that take back the consents `condition` selects: what people agreed to was for what is gone, and another that
 * comes to live under the same name inherits nothing.
 */
export function withdrawConsents(condition: string): string {
  return `withdrawn AS (UPDATE consents SET withdrawn_at = now() WHERE ${condition} AND withdrawn_at IS NULL)`
}

export function createConsents(database: Database): Consents {
  return {
    async findWithAccount(key) {
      type Row = AccountColumns & {
        consent_id: string | null
        scopes: Permissions | null
        sites: Record<string, true> | null
        client_digest: string | null
      }
      const [row] = await database.read<Row>(FIND_WITH_ACCOUNT, [key.accountId, key.clientId, key.resourceUri])
      const account = row && accountOf(row)
      if (row === undefined || account === undefined) return undefined
      if (row.consent_id === null || row.scopes === null) return { account, consent: undefined }
      const { consent_id: id, scopes: permissions, client_digest: digest } = row
      const sites = new Set(Object.keys(row.sites ?? {}))
      return { account, consent: { id, permissions, sites, clientDigest: digest ?? undefined } }
    },
    async isLive({ accountId, clientId, clientDigest, site }) {
      return (await database.read(IS_LIVE, [accountId, clientId, clientDigest ?? null, site ?? null])).length > 0
    },
    async give(gift) {
      const parts = [
        ...holdParties(gift),
        upsertConsent(gift),
        recordEvents([gift.event], gift.correlationId, 'agreed'),
      ]
      const { statement, values } = combine(parts, 'SELECT id FROM agreed')
      return (await database.write(statement, values)).length > 0
    },
  }
}

function stillHolds(permission: string): string {
  return `(${permission}->>'endsAt' IS NULL OR (${permission}->>'endsAt')::float8 > extract(epoch FROM now()))`
}

// What has ended is nothing to remember.
const LIVE_UNION = `(SELECT coalesce(jsonb_object_agg(each.key, each.value), '{}'::jsonb)
  FROM jsonb_each(consents.scopes || excluded.scopes) AS each
  WHERE ${stillHolds('each.value')})`

// What is carried over was not withdrawn, and was agreed to with the same version of the client document.
const LIVE = 'consents.withdrawn_at IS NULL AND consents.client_digest IS NOT DISTINCT FROM excluded.client_digest'

// The permissions of two tabs are merged by the database; what was withdrawn before does not come back with them. Follows
// `holdParties`.
function upsertConsent(gift: Gift): Part {
  const sites = gift.site === undefined ? {} : { [gift.site]: true }
  return {
    name: 'agreed',
    sql: (place) => {
      const clientId = `${place(gift.clientId)}::text`
      const digest = `${place(gift.clientDigest ?? null)}::text`
      const resourceUri = `${place(gift.resourceUri)}::text`
      return `INSERT INTO consents (id, account_id, client_id, client_digest, resource_uri, scopes, sites, created_at, updated_at)
      SELECT ${place(timeOrderedId(Date.now()))}::text, s.account_id, ${clientId}, ${digest}, ${resourceUri},
             ${place(JSON.stringify(asInConsent(gift.permissions)))}::jsonb, ${place(JSON.stringify(sites))}::jsonb, now(), now()
        FROM sessions s
       WHERE s.uid = ${place(gift.sessionUid)} AND s.account_id = ${place(gift.accountId)} AND s.expires_at > now()
         AND ${PARTIES_HELD}
      ON CONFLICT (account_id, client_id, resource_uri) DO UPDATE SET
        scopes = CASE WHEN ${LIVE} THEN ${LIVE_UNION} ELSE excluded.scopes END,
        sites = CASE WHEN ${LIVE} THEN consents.sites || excluded.sites ELSE excluded.sites END,
        client_digest = excluded.client_digest, withdrawn_at = NULL, updated_at = excluded.updated_at
      RETURNING id`
    },
  }
}
