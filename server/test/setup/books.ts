import type { TestServer } from './authorization-server.ts'
import { query } from './state.ts'
import type { Findings } from './tally.ts'

/** Books in which nothing is wrong. */
export const BALANCED: Findings = { duplicated: [], lost: [], halfIssued: [] }

const EVENTS = `(SELECT grant_id,
    count(*) FILTER (WHERE type = 'code.issued') AS codes,
    count(*) FILTER (WHERE type = 'grant.revoked') AS revoked,
    count(*) FILTER (WHERE type = 'token.issued' AND detail->>'grantType' = 'authorization_code') AS redeemed,
    count(*) FILTER (WHERE type = 'token.issued' AND detail->>'grantType' = 'refresh_token') AS refreshed
  FROM audit_events WHERE grant_id IS NOT NULL GROUP BY grant_id)`

const TOKENS = `(SELECT t.grant_id,
    count(*) FILTER (WHERE p.id_hash IS NULL) AS firsts,
    count(*) FILTER (WHERE t.consumed_at IS NULL) AS leaves,
    sum(t.answers) AS answers,
    count(*) FILTER (WHERE (t.consumed_at IS NULL) <> (t.successor_hash IS NULL) OR (t.consumed_at IS NULL) <> (t.answers = 0)) AS torn,
    count(*) FILTER (WHERE t.successor_hash IS NOT NULL AND s.id_hash IS NULL) AS cut_off
  FROM refresh_tokens t
  LEFT JOIN refresh_tokens p ON p.successor_hash = t.id_hash
  LEFT JOIN refresh_tokens s ON s.id_hash = t.successor_hash
  GROUP BY t.grant_id)`

// One statement, one moment: the load goes on beside it. A code without a refresh token does not occur here.
const GRANTS = `SELECT g.id, g.revoked_at IS NOT NULL AS revoked, k.consumed_at IS NOT NULL AS used,
    coalesce(t.firsts, 0)::int AS firsts, coalesce(t.leaves, 0)::int AS leaves, coalesce(t.answers, 0)::int AS answers,
    coalesce(t.torn, 0)::int + coalesce(t.cut_off, 0)::int AS torn,
    coalesce(e.codes, 0)::int AS code_events, coalesce(e.revoked, 0)::int AS revoked_events,
    coalesce(e.redeemed, 0)::int AS redeemed_events, coalesce(e.refreshed, 0)::int AS refreshed_events
  FROM grants g LEFT JOIN authorization_codes k ON k.grant_id = g.id
  LEFT JOIN ${EVENTS} e ON e.grant_id = g.id LEFT JOIN ${TOKENS} t ON t.grant_id = g.id`

const EXCHANGES = `SELECT detail->>'tokenId' AS token, count(*)::int AS events FROM audit_events
  WHERE type = 'token.exchanged' GROUP BY 1`

/**
 * Balances what the database holds, whoever asked for it: each code gave nothing or one family, each use of a token one
 * successor, each family has one live leaf at most, and each answer, each end and nothing else has its audit event.
 * @param exchanged ids of tokens that clients were given for a token, before this was called
 */
export async function balanceBooks(
  home: Pick<TestServer, 'databaseUrl'>,
  exchanged: readonly string[] = [],
): Promise<Findings> {
  const grants = await query(home, GRANTS)
  const where = (test: (grant: (typeof grants)[number]) => boolean) => grants.filter(test)
  const events = new Map((await query(home, EXCHANGES)).map(({ token, events }) => [token, Number(events)]))
  return {
    duplicated: [
      ...where(({ firsts, leaves }) => Number(firsts) > 1 || Number(leaves) > 1),
      ...[...events].filter(([, times]) => times > 1),
    ],
    lost: where(({ used, revoked, leaves }) => used === true && revoked === false && leaves !== 1),
    halfIssued: [...where(isHalfIssued), ...exchanged.filter((token) => !events.has(token))],
  }
}

function isHalfIssued(grant: Readonly<Record<string, unknown>>): boolean {
  const used = grant.used === true ? 1 : 0
  const revoked = grant.revoked === true ? 1 : 0
  return (
    grant.torn !== 0 ||
    grant.firsts !== used ||
    grant.redeemed_events !== used ||
    grant.code_events !== 1 ||
    grant.revoked_events !== revoked ||
    grant.refreshed_events !== grant.answers
  )
}
