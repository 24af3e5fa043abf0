import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cleanUp, countRemovable } from '../../src/store/housekeeping.ts'
import { acquireLease } from '../../src/store/leases.ts'
import { RETENTIONS } from '../../src/store/retention.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { passTime, query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ lifetimes: { refreshIdleSeconds: 2 * 86_400, refreshAbsoluteSeconds: 10 * 86_400 } })
})
afterAll(() => server.close())
beforeEach(async () => {
  for (const table of ['leases', 'consents', 'sessions', 'interactions', 'replays'])
    await query(server, `DELETE FROM ${table}`)
})

const DAY = 86_400
const clean = () => cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })

async function removed(): Promise<Readonly<Record<string, number>>> {
  const done = await clean()
  if (!done.ok) throw new Error(`housekeeping did not happen: ${done.reason}`)
  // Each sign-in leaves counters, which are over within seconds: they have a test of their own.
  return Object.fromEntries(Object.entries(done.removed).filter(([table, rows]) => rows > 0 && table !== 'limits'))
}

const count = async (table: string): Promise<number> =>
  Number((await query(server, `SELECT count(*)::int AS number FROM ${table}`))[0]?.number)

describe('housekeeping removes', () => {
  it('sessions and their ids when they have ended, and leaves those that have not', async () => {
    await signInAndRedeem(server)
    expect(await removed()).toEqual({})
    await query(
      server,
      "UPDATE session_ids SET expires_at = now() - interval '1 second' WHERE id_hash = (SELECT id_hash FROM session_ids LIMIT 1)",
    )
    expect(await removed()).toEqual({ session_ids: 1 })
    expect(await count('sessions')).toBe(1)
    await passTime(server, 15 * DAY)
    await signInAndRedeem(server)
    expect(await removed()).toMatchObject({ sessions: 1 })
    expect(await count('sessions')).toBe(1)
  })

  it('counters of which nothing counts any more, and leaves the others', async () => {
    await query(server, 'DELETE FROM limits')
    await query(
      server,
      `INSERT INTO limits (key_hash, clear_at, slack_seconds)
        SELECT sha256(n::text::bytea), now() + make_interval(secs => CASE WHEN n > 3 THEN -1 ELSE 60 END), 0
          FROM generate_series(1, 10) n`,
    )
    expect(await clean()).toMatchObject({ ok: true, removed: { limits: 7 } })
    expect(await count('limits')).toBe(3)
  })

  it.each(['interactions', 'replays'])(
    '%s when they have ended, in heaps, and leaves those that have not',
    async (table) => {
      const columns =
        table === 'interactions' ? ['(id_hash, sealed, expires_at)', "'\\x00'::bytea,"] : ['(id_hash, expires_at)', '']
      const insert = (name: string, seconds: number, rows: number) =>
        query(
          server,
          `INSERT INTO ${table} ${columns[0]} SELECT sha256(($1 || n)::bytea), ${columns[1]} now() + make_interval(secs => $2)
          FROM generate_series(1, $3) n`,
          [name, seconds, rows],
        )
      await insert('ended', -1, 1_201)
      await insert('alive', 60, 3)
      expect(await removed()).toEqual({ [table]: 1_201 })
      expect(await count(table)).toBe(3)
    },
  )

  it('nothing of a live family: a used code and used refresh tokens stay, so that their replay ends it (I4, A104)', async () => {
    const { clientId, request, callback, tokens } = await signInAndRedeem(server)
    const first = String(tokens.body.refresh_token)
    const second = await refresh(server, clientId, first)
    await passTime(server, 1.5 * DAY)
    const third = await refresh(server, clientId, String(second.body.refresh_token))
    expect(third.status).toBe(200)
    await passTime(server, 1.5 * DAY)
    await removed()
    expect([await count('refresh_tokens'), await count('authorization_codes')]).toEqual([3, 1])
    const live = await refresh(server, clientId, String(third.body.refresh_token))
    expect(live.status).toBe(200)
    expect((await redeem(server, request, callback.code)).status).toBe(400)
    expect((await refresh(server, clientId, String(live.body.refresh_token))).body.error).toBe('invalid_grant')
  })

  it.each([
    { how: 'was revoked', end: `UPDATE grants SET revoked_at = now()`, seconds: DAY + 60 },
    {
      how: 'has come to its absolute end',
      end: "UPDATE refresh_tokens SET expires_at = now() + interval '1 year'",
      seconds: 11 * DAY + 60,
    },
    { how: 'was not refreshed in time', end: 'SELECT 1', seconds: 3 * DAY + 60 },
  ])('a family that $how, a day later, with everything of it, and the audit stays', async ({ end, seconds }) => {
    const { clientId, tokens } = await signInAndRedeem(server)
    await refresh(server, clientId, String(tokens.body.refresh_token))
    await query(server, end)
    await passTime(server, seconds - DAY)
    expect(await removed()).not.toHaveProperty('grants')
    const events = await count('audit_events')
    await passTime(server, DAY)
    expect(await removed()).toMatchObject({ refresh_tokens: 1, grants: 1 })
    expect(await Promise.all(['grants', 'refresh_tokens', 'authorization_codes'].map(count))).toEqual([0, 0, 0])
    expect([await count('consents'), await count('audit_events')]).toEqual([1, events])
  })

  it('a grant whose code nobody redeemed, and not one whose code waits', async () => {
    const clientId = await register(server)
    const old = await approve(server, authorization(server, clientId))
    expect(old.code).not.toBe('')
    await passTime(server, DAY + 120)
    const request = authorization(server, clientId)
    const { code } = await approve(server, request)
    expect(await removed()).toMatchObject({ grants: 1 })
    expect((await redeem(server, request, code)).status).toBe(200)
  })

  it('registrations that nobody used for a month, and none that somebody agreed to or that is in use (AS-DCR-07)', async () => {
    const { clientId: used } = await signInAndRedeem(server)
    const [unused, young] = [await register(server), await register(server)]
    await server.store.clients.add({
      id: 'vouched',
      source: 'cli',
      metadata: { redirect_uris: ['https://a.example/cb'] },
    })
    await query(
      server,
      "UPDATE clients SET created_at = t, last_seen_at = t FROM (SELECT now() - interval '31 days' AS t) WHERE id <> $1",
      [young],
    )
    await removed()
    const left = (await query(server, 'SELECT id FROM clients')).map(({ id }) => id)
    expect(left).toEqual(expect.arrayContaining([used, young, 'vouched']))
    expect(left).not.toContain(unused)
  })

  it('signing keys that have ended, and leaves those that sign, are to come, or are still published', async () => {
    await query(
      server,
      `INSERT INTO signing_keys (kid, generation, algorithm, sealed, created_at, signs_from, ends_at) VALUES
        ('ended', 1001, 'ES256', '\\x00', now(), now(), now() - interval '1 second'),
        ('published', 1002, 'ES256', '\\x00', now(), now(), now() + interval '1 hour')`,
    )
    expect(await removed()).toMatchObject({ signing_keys: 1 })
    expect((await query(server, 'SELECT kid FROM signing_keys')).map(({ kid }) => kid)).toHaveLength(2)
    await query(server, "DELETE FROM signing_keys WHERE kid = 'published'")
  })

  it('what migrations/README.md says that it does, of tables that all stand there', async () => {
    const page = readFileSync(new URL('../../../migrations/README.md', import.meta.url), 'utf8')
    const rows = page.split('\n').filter((line) => line.startsWith('| `'))
    const kept = new Map(
      rows.flatMap((row) => {
        const [, names = '', , , until = ''] = row.split('|')
        return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, until.trim()] as const)
      }),
    )
    const tables = await query(
      server,
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    )
    expect([...kept.keys()].sort()).toEqual(tables.map(({ name }) => name))
    for (const { table } of RETENTIONS) expect(kept.get(table), table).not.toMatch(/^(forever|until removed|with the)$/)
    for (const [table, until] of kept) {
      if (until.startsWith('forever')) expect(RETENTIONS.map((each) => each.table)).not.toContain(table)
    }
  })

  it('never consents, audit events, accounts, resources', () => {
    const tables = RETENTIONS.map(({ table }) => table)
    for (const kept of ['consents', 'audit_events', 'accounts', 'identities', 'resources', 'resource_aliases']) {
      expect(tables).not.toContain(kept)
    }
  })
})

describe('who cleans up', () => {
  it('is one process at a time, and none right after another', async () => {
    const both = await Promise.all([clean(), clean()])
    expect(both.filter(({ ok }) => ok).length).toBeGreaterThan(0)
    const soon = await cleanUp(server.store.database, { holder: 'second', notWithinSeconds: 60 })
    expect(soon).toEqual({ ok: false, reason: 'not-now' })
  })

  it('does nothing more when it was held up and another took over', async () => {
    const { database } = server.store
    await query(
      server,
      "INSERT INTO replays SELECT sha256(n::text::bytea), now() - interval '1 second' FROM generate_series(1, 1500) n",
    )
    const taken: unknown[] = []
    // The first heap is gone when the time of the lease runs out.
    const slow: typeof database = {
      ...database,
      async write(statement, values) {
        const rows = await database.write(statement, values)
        if ((await count('replays')) === 1_000 && taken.length === 0) {
          await query(server, "UPDATE leases SET held_until = now() - interval '1 second'")
          taken.push(await acquireLease(database, { name: 'housekeeping', holder: 'faster', notWithinSeconds: 0 }))
        }
        return rows as never
      },
    }
    const done = await cleanUp(slow, { holder: 'slow', notWithinSeconds: 0 })
    expect(done).toMatchObject({ ok: false, reason: 'taken-over' })
    expect(taken).toEqual([{ name: 'housekeeping', fence: expect.any(Number) }])
    expect(await count('replays')).toBe(1_000)
  })

  it('waits for no request, and no request waits for it: a row that is held is left for the next time', async () => {
    await query(
      server,
      "INSERT INTO replays SELECT sha256(n::text::bytea), now() - interval '1 second' FROM generate_series(1, 3) n",
    )
    const release = await holdOneRow()
    expect(await removed()).toEqual({ replays: 2 })
    await release()
    expect(await removed()).toEqual({ replays: 1 })
  })

  it('counts beforehand what it then removes', async () => {
    await query(
      server,
      "INSERT INTO replays SELECT sha256(n::text::bytea), now() - interval '1 second' FROM generate_series(1, 7) n",
    )
    expect((await countRemovable(server.store.database)).replays).toBe(7)
    expect(await count('replays')).toBe(7)
    expect(await removed()).toEqual({ replays: 7 })
  })
})

async function holdOneRow(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  await client.query('BEGIN')
  await client.query('SELECT 1 FROM replays LIMIT 1 FOR UPDATE')
  return async () => {
    await client.query('ROLLBACK')
    await client.end()
  }
}
