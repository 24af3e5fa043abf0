import { actId } from './audit-event.ts'
import { withdrawConsents } from './consents.ts'
import type { Database, Statement } from './database.ts'
import { ENDED, endGrants, GRANT_IS_LIVE, writeEnding } from './grants.ts'
import { livePermissions, type Permissions } from './permission.ts'

/** Whose consents are meant; members that are left out mean all. */
export interface ConsentSelection {
  readonly consentId?: string | undefined
  readonly accountId?: string | undefined
  readonly login?: string | undefined
  readonly clientId?: string | undefined
  readonly resourceUri?: string | undefined
}

/** A live consent, as the person or an operator sees it. */
export interface ListedConsent {
  readonly id: string
  readonly login: string
  readonly clientId: string
  /** Version of the client document that was agreed to; undefined for a registered client. */
  readonly clientDigest: string | undefined
  readonly resourceUri: string
  /** Those that have not ended. */
  readonly permissions: Permissions
  readonly createdAt: Date
  /** When anything made from it was used last; undefined for never. */
  readonly lastUsedAt: Date | undefined
}

/** A live grant, as an operator sees it. */
export interface ListedGrant {
  /** `gid` of its access tokens. */
  readonly id: string
  readonly login: string
  readonly clientId: string
  readonly resourceUri: string
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly lastUsedAt: Date | undefined
  readonly expiresAt: Date
}

/** What people agreed to, to be looked at and taken back. Nobody waits for it, so it is not made for speed. */
export interface ConsentList {
  /** @param now seconds since 1970, by which permissions have ended or not */
  list(selection: ConsentSelection, now: number): Promise<readonly ListedConsent[]>
  listGrants(selection: ConsentSelection): Promise<readonly ListedGrant[]>
  /** Withdraws consents and ends every grant made from them. @returns how many of each */
  withdraw(selection: ConsentSelection): Promise<{ readonly consents: number; readonly grants: number }>
  /**
   * Takes one permission out of a consent and of the grants made from it. A grant that holds nothing else gets no token any more.
   * @param key.accountId whose it must be
   * @returns false where there is no such permission
   */
  takeBack(key: { readonly consentId: string; readonly accountId: string; readonly scope: string }): Promise<boolean>
  /** Ends one grant and everything made from it; false when there is no live one of that id. */
  endGrant(grantId: string): Promise<boolean>
}

const SELECTED = `($1::text IS NULL OR c.id = $1) AND ($2::text IS NULL OR c.account_id = $2)
  AND ($3::text IS NULL OR c.account_id IN (SELECT id FROM accounts WHERE login = $3))
  AND ($4::text IS NULL OR c.client_id = $4) AND ($5::text IS NULL OR c.resource_uri = $5)`

const LIST: Statement = {
  name: 'consent list',
  text: `SELECT c.id, a.login, c.client_id, c.client_digest, c.resource_uri, c.scopes, c.created_at,
      (SELECT max(coalesce(g.last_used_at, g.created_at)) FROM grants g WHERE g.consent_id = c.id) AS last_used_at
    FROM consents c JOIN accounts a ON a.id = c.account_id
   WHERE ${SELECTED} AND c.withdrawn_at IS NULL
   ORDER BY c.created_at, c.id`,
}

const LIST_GRANTS: Statement = {
  name: 'grant list',
  text: `SELECT grants.id, a.login, grants.client_id, grants.resource_uri, grants.scopes, grants.created_at,
      grants.last_used_at, grants.expires_at
    FROM grants JOIN consents c ON c.id = grants.consent_id JOIN accounts a ON a.id = c.account_id
   WHERE ${SELECTED} AND ${GRANT_IS_LIVE}
   ORDER BY grants.created_at, grants.id`,
}

const WITHDRAW: Statement = {
  name: 'consent withdraw',
  text: `WITH chosen AS (SELECT c.id FROM consents c WHERE ${SELECTED} AND c.withdrawn_at IS NULL FOR UPDATE),
    ${withdrawConsents('id IN (SELECT id FROM chosen)')},
    ${endGrants('consent_id IN (SELECT id FROM chosen)', 'consent-withdrawn', '$6')}
    SELECT ARRAY(SELECT id FROM chosen) AS consents, ${ENDED}`,
}

// A grant that was being written meanwhile is not seen by the statement that takes back. Its writer locks the consent until it
// is through, so that a second statement, which comes after, sees all there can be.
const END_LATE: Statement = {
  name: 'consent end late',
  text: `WITH chosen AS (SELECT id FROM consents WHERE id = ANY($1::text[]) AND withdrawn_at IS NOT NULL),
    ${endGrants('consent_id IN (SELECT id FROM chosen)', 'consent-withdrawn', '$2')}
    SELECT ${ENDED}`,
}

// A permission that was said once has a name of its own in the consent: the scope and the interaction it was said in.
const WITHOUT_SCOPE = `(SELECT coalesce(jsonb_object_agg(each.key, each.value), '{}'::jsonb)
  FROM jsonb_each(c.scopes) AS each WHERE split_part(each.key, ' ', 1) <> $3)`

const NARROW_GRANTS = `narrowed AS (UPDATE grants SET scopes = coalesce((SELECT json_object_agg(each.key, each.value)
          FROM json_each(grants.scopes) AS each WHERE each.key <> $3), '{}'::json),
        taken_back = coalesce(taken_back, '[]'::jsonb) || jsonb_build_array($3::text), narrowed_at = now()
      WHERE consent_id IN (SELECT id FROM changed) AND revoked_at IS NULL
        AND EXISTS (SELECT 1 FROM json_object_keys(grants.scopes) AS name WHERE name = $3))`

// One statement changes each table once: engines that grow out of one PostgreSQL refuse a second time.
const TAKE_BACK: Statement = {
  name: 'consent take back',
  text: `WITH changed AS (UPDATE consents c SET scopes = ${WITHOUT_SCOPE}, updated_at = now()
      WHERE c.id = $1 AND c.account_id = $2 AND c.withdrawn_at IS NULL
        AND EXISTS (SELECT 1 FROM jsonb_object_keys(c.scopes) AS name WHERE split_part(name, ' ', 1) = $3)
      RETURNING c.id, c.account_id, c.client_id, c.resource_uri),
    ${NARROW_GRANTS},
    recorded AS (INSERT INTO audit_events
        (id, at, type, outcome, correlation_id, account_id, client_id, resource_uri, detail)
      SELECT gen_random_uuid(), now(), 'consent.narrowed', 'allowed', $4, account_id, client_id, resource_uri,
             jsonb_build_object('scope', $3::text)
        FROM changed)
    SELECT id FROM changed`,
}

// Where the person has said yes to it again meanwhile there is nothing to take out.
const NARROW_LATE: Statement = {
  name: 'consent narrow late',
  text: `WITH changed AS (SELECT c.id FROM consents c WHERE c.id = $1 AND c.account_id = $2
      AND NOT EXISTS (SELECT 1 FROM jsonb_object_keys(c.scopes) AS name WHERE split_part(name, ' ', 1) = $3)),
    ${NARROW_GRANTS}
    SELECT id FROM changed`,
}

const END_GRANT: Statement = {
  name: 'grant end',
  text: `WITH ${endGrants('id = $1 AND expires_at > now()', 'revoked-by-operator', '$2')} SELECT id, ${ENDED} FROM ended`,
}

export function createConsentList(database: Database): ConsentList {
  return {
    async list(selection, now) {
      const rows = await database.read<ConsentRow>(LIST, placesOf(selection))
      return rows.map((row) => consentOf(row, now)).filter(({ permissions }) => Object.keys(permissions).length > 0)
    },
    listGrants: async (selection) => (await database.read<GrantRow>(LIST_GRANTS, placesOf(selection))).map(grantOf),
    async withdraw(selection) {
      type Taken = { consents: readonly string[]; ended: number }
      const act = actId()
      const reason = 'consent-withdrawn'
      const [taken] = await writeEnding<Taken>(database, reason, WITHDRAW, [...placesOf(selection), act])
      if (taken === undefined || taken.consents.length === 0) return { consents: 0, grants: 0 }
      const [late] = await writeEnding(database, reason, END_LATE, [taken.consents, act])
      return { consents: taken.consents.length, grants: taken.ended + (late?.ended ?? 0) }
    },
    async takeBack({ consentId, accountId, scope }) {
      if ((await database.write(TAKE_BACK, [consentId, accountId, scope, actId()])).length === 0) return false
      await database.write(NARROW_LATE, [consentId, accountId, scope])
      return true
    },
    async endGrant(grantId) {
      const ended = await writeEnding(database, 'revoked-by-operator', END_GRANT, [grantId, actId()])
      return ended.length > 0
    },
  }
}

function placesOf(selection: ConsentSelection): readonly unknown[] {
  const { consentId, accountId, login, clientId, resourceUri } = selection
  return [consentId, accountId, login, clientId, resourceUri].map((value) => value ?? null)
}

interface ConsentRow {
  id: string
  login: string
  client_id: string
  client_digest: string | null
  resource_uri: string
  scopes: Permissions
  created_at: Date
  last_used_at: Date | null
}

function consentOf(row: ConsentRow, now: number): ListedConsent {
  return {
    id: row.id,
    login: row.login,
    clientId: row.client_id,
    clientDigest: row.client_digest ?? undefined,
    resourceUri: row.resource_uri,
    permissions: livePermissions(row.scopes, now),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}

interface GrantRow {
  id: string
  login: string
  client_id: string
  resource_uri: string
  scopes: Permissions
  created_at: Date
  last_used_at: Date | null
  expires_at: Date
}

function grantOf(row: GrantRow): ListedGrant {
  return {
    id: row.id,
    login: row.login,
    clientId: row.client_id,
    resourceUri: row.resource_uri,
    scopes: Object.keys(row.scopes),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    expiresAt: row.expires_at,
  }
}
