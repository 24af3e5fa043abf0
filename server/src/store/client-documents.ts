import { actId } from './audit-event.ts'
import type { RegisteredClient } from './clients.ts'
import { withdrawConsents } from './consents.ts'
import type { Database, Statement } from './database.ts'
import { ENDED, endGrants, type RevocationReason, writeEnding } from './grants.ts'
import { hashId } from './id-hash.ts'
import { endWithoutClient } from './orphans.ts'

/** One version of a document: what of it matters here, under the digest of what people agree to. */
export interface DocumentVersion {
  readonly digest: string
  /** RFC 7591 names, as far as this server uses them. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** What is known of a document without asking its host. All ages are in seconds, by the clock of the database. */
export interface KnownDocument {
  readonly url: string
  /** What the URL answered last. */
  readonly current: DocumentVersion
  /** The version that was asked for, or that the grant of the presented code or refresh token was made with; else the current one. */
  readonly version: DocumentVersion
  readonly etag: string | undefined
  /** Whether a new authorization may be made from `current` without another look. */
  readonly fresh: boolean
  readonly fetchedSecondsAgo: number
  /** Since the last look, whatever came of it. */
  readonly checkedSecondsAgo: number
  /** Since the first of the looks that failed; undefined after one that did not. */
  readonly failingSeconds: number | undefined
  /** What the `jwks_uri` of a version answered last. */
  readonly keys: { readonly uri: string; readonly keys: readonly unknown[]; readonly ageSeconds: number } | undefined
}

export interface Look {
  /** Milliseconds on the clock of this process, before the database was asked. */
  readonly beganAt: number
  /** When the database was asked. A look at the host that began earlier than another never replaces what that one found. */
  readonly askedAt: string
  readonly known: KnownDocument | undefined
}

/** Client ID metadata documents by URL, and their versions by digest. */
export interface ClientDocuments {
  /** @param wanted.presented code or refresh token of the request, whose grant says which version counts */
  look(url: string, wanted?: { presented?: string; digest?: string }): Promise<Look>
  /** What a look found. @param found.freshSeconds for how long new authorizations may be made from it */
  keep(found: {
    url: string
    version: DocumentVersion
    etag: string | undefined
    freshSeconds: number
    askedAt: string
  }): Promise<void>
  /** The host says that the version we hold is still what it has. */
  confirm(found: { url: string; digest: string; freshSeconds: number; askedAt: string }): Promise<void>
  keepKeys(found: { url: string; uri: string; keys: readonly unknown[]; askedAt: string }): Promise<void>
  noteFailure(failed: { url: string; askedAt: string }): Promise<void>
  /** Forgets the document and ends every grant made with it; a document found after `askedAt` stays. */
  end(url: string, reason: RevocationReason, askedAt?: string): Promise<'ended' | 'unknown'>
  list(): Promise<readonly RegisteredClient[]>
}

const AGE = (column: string): string => `extract(epoch FROM now() - ${column})::float8`

const LOOK: Statement = {
  name: 'client document look',
  text: `SELECT now()::text AS asked_at, d.digest, d.etag, d.fresh_until > now() AS fresh, d.keys_uri, d.keys,
      ${AGE('d.fetched_at')} AS fetched_ago, ${AGE('d.checked_at')} AS checked_ago,
      ${AGE('d.failing_since')} AS failing, ${AGE('d.keys_fetched_at')} AS keys_age,
      c.metadata, v.digest AS version_digest, v.metadata AS version_metadata
    FROM (SELECT 1) AS asked
    LEFT JOIN client_documents d ON d.url = $1
    LEFT JOIN client_document_versions c ON c.url = d.url AND c.digest = d.digest
    LEFT JOIN grants g ON g.client_id = d.url AND g.id = (
      SELECT grant_id FROM refresh_tokens WHERE id_hash = $2::bytea
      UNION ALL SELECT grant_id FROM authorization_codes WHERE id_hash = $2::bytea LIMIT 1)
    LEFT JOIN client_document_versions v ON v.url = d.url AND v.digest = coalesce($3::text, g.client_digest, d.digest)`,
}

const KEEP: Statement = {
  name: 'client document keep',
  text: `WITH kept AS (
      INSERT INTO client_documents (url, digest, etag, fetched_at, fresh_until, checked_at, created_at)
      VALUES ($1, $2, $3, $4::timestamptz, now() + make_interval(secs => $5::float8), now(), now())
      ON CONFLICT (url) DO UPDATE SET digest = excluded.digest, etag = excluded.etag, fetched_at = excluded.fetched_at,
        fresh_until = excluded.fresh_until, checked_at = excluded.checked_at, failing_since = NULL
      WHERE client_documents.fetched_at <= excluded.fetched_at
      RETURNING url)
    INSERT INTO client_document_versions (url, digest, metadata, created_at)
    SELECT url, $2, $6::jsonb, now() FROM kept
    ON CONFLICT (url, digest) DO UPDATE SET metadata = excluded.metadata`,
}

const CONFIRM: Statement = {
  name: 'client document confirm',
  text: `UPDATE client_documents SET fetched_at = $3::timestamptz, checked_at = now(), failing_since = NULL,
      fresh_until = now() + make_interval(secs => $4::float8)
    WHERE url = $1 AND digest = $2 AND fetched_at <= $3::timestamptz`,
}

const KEEP_KEYS: Statement = {
  name: 'client document keep keys',
  text: `UPDATE client_documents SET keys_uri = $2, keys = $3::jsonb, keys_fetched_at = $4::timestamptz
    WHERE url = $1 AND (keys_fetched_at IS NULL OR keys_fetched_at <= $4::timestamptz)`,
}

const NOTE_FAILURE: Statement = {
  name: 'client document note failure',
  text: `UPDATE client_documents SET checked_at = now(), failing_since = coalesce(failing_since, now())
    WHERE url = $1 AND fetched_at <= $2::timestamptz`,
}

const END: Statement = {
  name: 'client document end',
  text: `WITH gone AS (
      DELETE FROM client_documents WHERE url = $1 AND ($3::timestamptz IS NULL OR fetched_at <= $3::timestamptz)
      RETURNING url),
    unversioned AS (DELETE FROM client_document_versions WHERE url IN (SELECT url FROM gone)),
    ${endGrants('client_id IN (SELECT url FROM gone)', '$4', '$2')},
    ${withdrawConsents('client_id IN (SELECT url FROM gone)')}
    SELECT url, ${ENDED} FROM gone`,
}

const LIST: Statement = {
  name: 'client document list',
  text: `SELECT d.url, v.metadata, d.created_at FROM client_documents d
    JOIN client_document_versions v ON v.url = d.url AND v.digest = d.digest ORDER BY d.created_at, d.url`,
}

export function createClientDocuments(database: Database): ClientDocuments {
  return {
    async look(url, { presented, digest } = {}) {
      const beganAt = performance.now()
      const values = [url, presented === undefined ? null : hashId(presented), digest ?? null]
      const [row] = await database.read<LookRow>(LOOK, values)
      if (row === undefined) throw new Error('a look at a client document found no row at all')
      return { beganAt, askedAt: row.asked_at, known: knownOf(url, row) }
    },
    async keep({ url, version, etag, freshSeconds, askedAt }) {
      const metadata = JSON.stringify(version.metadata)
      await database.write(KEEP, [url, version.digest, etag ?? null, askedAt, freshSeconds, metadata])
    },
    async confirm({ url, digest, freshSeconds, askedAt }) {
      await database.write(CONFIRM, [url, digest, askedAt, freshSeconds])
    },
    async keepKeys({ url, uri, keys, askedAt }) {
      await database.write(KEEP_KEYS, [url, uri, JSON.stringify(keys), askedAt])
    },
    async noteFailure({ url, askedAt }) {
      await database.write(NOTE_FAILURE, [url, askedAt])
    },
    async end(url, reason, askedAt) {
      const act = actId()
      const ended = await writeEnding(database, reason, END, [url, act, askedAt ?? null, reason])
      if (ended.length === 0) return 'unknown'
      await endWithoutClient(database, [url], { reason, act })
      return 'ended'
    },
    async list() {
      type Row = { url: string; metadata: Record<string, unknown>; created_at: Date }
      return (await database.read<Row>(LIST, [])).map(({ url, metadata, created_at: createdAt }) => {
        const name = typeof metadata.client_name === 'string' ? metadata.client_name : url
        return { id: url, name, source: 'document', metadata, defaultResource: undefined, managed: false, createdAt }
      })
    },
  }
}

interface LookRow {
  [column: string]: unknown
  asked_at: string
  digest: string | null
  etag: string | null
  fresh: boolean | null
  keys_uri: string | null
  keys: unknown[] | null
  fetched_ago: number | null
  checked_ago: number | null
  failing: number | null
  keys_age: number | null
  metadata: Record<string, unknown> | null
  version_digest: string | null
  version_metadata: Record<string, unknown> | null
}

function knownOf(url: string, row: LookRow): KnownDocument | undefined {
  const { digest, metadata, version_digest: versionDigest, version_metadata: versionMetadata } = row
  if (digest === null || metadata === null || versionDigest === null || versionMetadata === null) return undefined
  const { keys_uri: uri, keys, keys_age: ageSeconds } = row
  return {
    url,
    current: { digest, metadata },
    version: { digest: versionDigest, metadata: versionMetadata },
    etag: row.etag ?? undefined,
    fresh: row.fresh === true,
    fetchedSecondsAgo: row.fetched_ago ?? Number.POSITIVE_INFINITY,
    checkedSecondsAgo: row.checked_ago ?? Number.POSITIVE_INFINITY,
    failingSeconds: row.failing ?? undefined,
    keys: uri === null || keys === null || ageSeconds === null ? undefined : { uri, keys, ageSeconds },
  }
}
