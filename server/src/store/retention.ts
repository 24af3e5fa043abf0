import type { Part } from './statement-builder.ts'

/** What leaves one table, and when. Each condition, once true of a row, stays true, or is looked at again as the row goes. */
export interface Retention {
  readonly table: string
  /** Columns that name a row. */
  readonly key: readonly string[]
  /** Condition on a row `t` that nobody needs any more. */
  readonly over: string
  /** Rows that leave in one statement. */
  readonly atOnce: number
  /** What leaves another table together with the rows, which are in `gone`: a further expression of the statement. */
  readonly along?: Part
}

// A replay or a question after the end is still told from something that never was, and the revocation of a grant is known
// for longer than any access token of it lives.
const ENDED_HOURS = 24
// Anybody can bring in documents by asking for an authorization; what nobody agreed to within a day does not stay.
const UNUSED_DOCUMENT_HOURS = 24
// Apps are installed long before they are used, and many do not register again by themselves. Those that do were given an
// id that must be good for as long.
const UNUSED_REGISTRATION_DAYS = 30
// A statement of this size takes some milliseconds, and holds its locks no longer.
const ROWS_AT_ONCE = 500
// Each takes its code and its last token along.
const GRANTS_AT_ONCE = 200

const LONG_ENDED = `now() - interval '${ENDED_HOURS} hours'`

/**
 * Grants that may be over: ended, revoked, or with a last refresh token or a code that nobody used in time. The latter are
 * found by what is unused, because consumed ones are many.
 */
const MAYBE_OVER = `SELECT id FROM grants WHERE expires_at < ${LONG_ENDED}
  UNION SELECT id FROM grants WHERE revoked_at < ${LONG_ENDED}
  UNION SELECT grant_id FROM refresh_tokens WHERE consumed_at IS NULL AND expires_at < ${LONG_ENDED}
  UNION SELECT grant_id FROM authorization_codes WHERE consumed_at IS NULL AND expires_at < ${LONG_ENDED}`

/** Condition on a grant: nothing of it can be used any more, for a while already. */
const isOver = (
  g: string,
): string => `(${g}.expires_at < ${LONG_ENDED} OR ${g}.revoked_at < ${LONG_ENDED} OR NOT EXISTS (
    SELECT 1 FROM refresh_tokens unused
     WHERE unused.grant_id = ${g}.id AND unused.consumed_at IS NULL AND unused.expires_at >= ${LONG_ENDED})
  AND NOT EXISTS (SELECT 1 FROM authorization_codes waiting
     WHERE waiting.grant_id = ${g}.id AND waiting.consumed_at IS NULL AND waiting.expires_at >= ${LONG_ENDED}))`

/** Everything that leaves by itself, in the order in which it does. What is not here stays. */
export const RETENTIONS: readonly Retention[] = [
  { table: 'session_ids', key: ['id_hash'], over: 't.expires_at < now()', atOnce: ROWS_AT_ONCE },
  { table: 'sessions', key: ['uid'], over: 't.expires_at < now()', atOnce: ROWS_AT_ONCE },
  { table: 'interactions', key: ['id_hash'], over: 't.expires_at < now()', atOnce: ROWS_AT_ONCE },
  { table: 'replays', key: ['id_hash'], over: 't.expires_at < now()', atOnce: ROWS_AT_ONCE },
  { table: 'pushed_requests', key: ['id_hash'], over: 't.expires_at < now()', atOnce: ROWS_AT_ONCE },
  { table: 'limits', key: ['key_hash'], over: 't.clear_at < now()', atOnce: ROWS_AT_ONCE },
  {
    // A family can have thousands: they go first, so that no grant takes more than a few rows along. The unused one stays
    // until then, because it is what the grant is found by.
    table: 'refresh_tokens',
    key: ['id_hash'],
    over: `t.consumed_at IS NOT NULL AND t.grant_id IN (SELECT g.id FROM grants g WHERE g.id IN (${MAYBE_OVER}) AND ${isOver('g')})`,
    atOnce: ROWS_AT_ONCE,
  },
  {
    table: 'grants',
    key: ['id'],
    over: `t.id IN (${MAYBE_OVER}) AND ${isOver('t')}
      AND NOT EXISTS (SELECT 1 FROM refresh_tokens used WHERE used.grant_id = t.id AND used.consumed_at IS NOT NULL)`,
    atOnce: GRANTS_AT_ONCE,
  },
  {
    table: 'client_documents',
    key: ['url'],
    over: `t.checked_at < now() - interval '${UNUSED_DOCUMENT_HOURS} hours'
      AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.client_id = t.url AND c.withdrawn_at IS NULL)`,
    atOnce: ROWS_AT_ONCE,
    along: {
      name: 'unversioned',
      sql: () => 'DELETE FROM client_document_versions WHERE url IN (SELECT url FROM gone)',
    },
  },
  {
    table: 'client_document_versions',
    key: ['url', 'digest'],
    over: `t.created_at < now() - interval '${UNUSED_DOCUMENT_HOURS} hours'
      AND NOT EXISTS (SELECT 1 FROM client_documents d WHERE d.url = t.url AND d.digest = t.digest)
      AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.client_id = t.url AND g.client_digest = t.digest
                         AND g.revoked_at IS NULL AND g.expires_at > now())
      AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.client_id = t.url AND c.client_digest = t.digest
                         AND c.withdrawn_at IS NULL)`,
    atOnce: ROWS_AT_ONCE,
  },
  {
    table: 'clients',
    key: ['id'],
    over: `t.source = 'dynamic' AND greatest(t.created_at, t.last_seen_at) < now() - interval '${UNUSED_REGISTRATION_DAYS} days'
      AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.client_id = t.id)
      AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.client_id = t.id)`,
    atOnce: ROWS_AT_ONCE,
  },
  { table: 'signing_keys', key: ['kid'], over: 't.ends_at < now()', atOnce: ROWS_AT_ONCE },
]
