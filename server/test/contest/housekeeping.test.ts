import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { cleanUp } from '../../src/store/housekeeping.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, type TokenAnswer } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { type ServerProcess, startServerProcess } from './server-processes.ts'

const FAMILIES = 6

let server: TestServer
let processes: readonly ServerProcess[]
let cleaners: readonly Store[]
beforeAll(async () => {
  server = await startTestServer()
  processes = await Promise.all([startServerProcess(server), startServerProcess(server)])
  cleaners = [0, 1].map(() => openStore({ databaseUrl: server.databaseUrl, poolSize: 2 }))
})
afterAll(async () => {
  await Promise.all([...processes.map((each) => each.stop()), ...cleaners.map((each) => each.close())])
  await server.close()
})

/** Everything that can end, ended; beside it live what the requests need. */
async function makeLitter(round: number): Promise<void> {
  await query(
    server,
    `INSERT INTO replays SELECT sha256(($1 || n)::bytea), now() - interval '1 second' FROM generate_series(1, 700) n`,
    [`litter ${round} `],
  )
  await query(
    server,
    `WITH s AS (INSERT INTO sessions (uid, payload, created_at, expires_at)
        SELECT $1 || n, '{}', now(), now() - interval '1 second' FROM generate_series(1, 200) n RETURNING uid)
      INSERT INTO session_ids (id_hash, uid, expires_at) SELECT sha256(uid::bytea), uid, now() + interval '1 hour' FROM s`,
    [`litter ${round} `],
  )
  await query(
    server,
    `WITH g AS (INSERT INTO grants (id, consent_id, account_id, client_id, resource_uri, scopes, refreshable, created_at, expires_at, revoked_at)
        SELECT $1 || n, c.id, c.account_id, c.client_id, c.resource_uri, '{}', true, now(), now() + interval '1 day', now() - interval '2 days'
          FROM (SELECT * FROM consents LIMIT 1) c, generate_series(1, 60) n RETURNING id)
      INSERT INTO refresh_tokens (id_hash, grant_id, payload, expires_at, consumed_at)
        SELECT sha256((id || ' ' || k)::bytea), id, '{}', now(), CASE WHEN k = 20 THEN NULL ELSE now() END FROM g, generate_series(1, 20) k`,
    [`litter ${round} `],
  )
}

describe('two processes that clean up while requests run', () => {
  it(
    'remove everything that has ended and nothing else, one at a time, and no request fails (I8)',
    async () => {
      const tally = tallyContest('housekeeping')
      const clientId = await register(server)
      const browser = createBrowser()
      const failures: TokenAnswer[] = []
      const stopping = new AbortController()
      let requests = 0
      const loops = Array.from({ length: FAMILIES }, async (_, family) => {
        const request = authorization(server, clientId)
        const first = await redeem(server, request, (await approve(server, request, {}, createBrowser())).code)
        let token = String(first.body.refresh_token)
        for (let turn = family; !stopping.signal.aborted; turn += 1) {
          const answer = await refresh(processes[turn % 2]?.server ?? server, clientId, token)
          requests += 1
          if (answer.status !== 200) failures.push(answer)
          token = String(answer.body.refresh_token)
        }
      })
      onTestFinished(() => stopping.abort())
      await approve(server, authorization(server, clientId), {}, browser)
      const rounds = Math.ceil(ROUNDS / 10)
      let won = 0
      for (let round = 1; round <= rounds; round += 1) {
        await makeLitter(round)
        const outcomes = await Promise.all(
          cleaners.flatMap(({ database }, index) =>
            [1, 2].map((turn) => cleanUp(database, { holder: `cleaner ${index}.${turn}`, notWithinSeconds: 0 })),
          ),
        )
        const winners = outcomes.filter(({ ok }) => ok)
        won += winners.length
        tally.add(outcomes.map((outcome) => (outcome.ok ? 'cleaned up' : outcome.reason)))
        expect(winners.length, `round ${round}`).toBeGreaterThan(0)
        for (const outcome of outcomes) if (!outcome.ok) expect(outcome.reason).toBe('not-now')
        // A second winner came when the first was done: together they removed each row once.
        const total = (table: string) =>
          winners.reduce((sum, each) => sum + (each.ok ? (each.removed[table] ?? 0) : 0), 0)
        const tables = ['replays', 'sessions', 'grants', 'refresh_tokens'].map((table) => [table, total(table)])
        expect(Object.fromEntries(tables), `round ${round}`).toEqual({
          ...{ replays: 700, sessions: 200, grants: 60, refresh_tokens: 60 * 19 },
        })
      }
      stopping.abort()
      await Promise.all(loops)
      expect(failures).toEqual([])
      expect(requests).toBeGreaterThan(FAMILIES)
      const [lease] = await query(server, "SELECT fence::int AS fence FROM leases WHERE name = 'housekeeping'")
      expect(lease?.fence).toBe(won)
      const [live] = await query(server, 'SELECT count(*)::int AS families FROM grants WHERE revoked_at IS NULL')
      expect(Number(live?.families)).toBe(FAMILIES + 1)
      console.info(`housekeeping under load: ${rounds} passes, ${requests} refreshes, 0 failed`)
    },
    CONTEST_TIMEOUT_MS,
  )
})
