import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts'
import { openPostgresFolder, readPostmaster } from '../../src/dev/postgres-folder.ts'
import { migrateDatabase } from '../../src/store/index.ts'
import { ROUNDS } from '../contest/rounds.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { makeTestFolder } from '../setup/test-folder.ts'
import { startRefreshing } from './refreshing.ts'
import { type Serving, startServing } from './serving.ts'

const RESTARTS = Math.ceil(ROUNDS / 12)
const FAMILIES = 4
const POLL = { timeout: 60_000, interval: 50 }

let folder: string
let dataDir: string
let postgres: EmbeddedPostgres
let home: TestServer
let servings: readonly Serving[]
beforeAll(async () => {
  folder = await makeTestFolder()
  dataDir = join(folder, 'postgres')
  // Durable, as in production: what was committed has to be there after the crash.
  postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined })
  await migrateDatabase(postgres.url)
  home = await startTestServer({ databaseUrl: postgres.url })
  servings = await Promise.all([startServing(home), startServing(home)])
})
afterAll(async () => {
  await Promise.all(servings.map((each) => each.stop()))
  await home.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

/** What `pg_ctl stop -m immediate` does: no checkpoint, no goodbye, recovery at the next start. */
async function crash(): Promise<void> {
  const postmaster = await readPostmaster(await openPostgresFolder(dataDir))
  if (postmaster === undefined) throw new Error('PostgreSQL does not run')
  process.kill(postmaster.process.pid, 'SIGQUIT')
  await expect.poll(async () => readPostmaster(await openPostgresFolder(dataDir)), POLL).toBeUndefined()
  // Gives the folder back; the process is gone already.
  await postgres.stop()
}

const all = (ask: (serving: Serving) => Promise<number>) => Promise.all(servings.map(ask))

describe('when PostgreSQL crashes under load', () => {
  it(`two processes say so, answer 503, and go on by themselves, ${RESTARTS} times; nothing that was answered is lost (I8, I9)`, async () => {
    const load = await startRefreshing(home, () => servings.map((each) => each.server), FAMILIES)
    const recoveries: number[] = []
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      const before = load.answered()
      await expect.poll(() => load.answered(), POLL).toBeGreaterThan(before + FAMILIES)
      await crash()
      await expect.poll(() => all((each) => each.ready()), POLL).toEqual([503, 503])
      expect(await all((each) => each.live())).toEqual([200, 200])
      const refused = load.unavailable()
      await expect.poll(() => load.unavailable(), POLL).toBeGreaterThan(refused)
      postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined })
      const startedAt = performance.now()
      const answered = load.answered()
      await expect.poll(() => load.answered(), POLL).toBeGreaterThan(answered)
      recoveries.push(Math.round(performance.now() - startedAt))
      await expect.poll(() => all((each) => each.ready()), POLL).toEqual([200, 200])
    }
    const tokens = await load.stop()
    expect(load.unexpected).toEqual([])
    expect(servings.map(({ child }) => child.exitCode)).toEqual([null, null])
    for (const token of tokens) {
      expect((await refresh(servings[0]?.server ?? home, load.clientId, token)).status).toBe(200)
    }
    const families = await query(
      home,
      `SELECT count(*) FILTER (WHERE consumed_at IS NULL)::int AS leaves FROM refresh_tokens t
        JOIN grants g ON g.id = t.grant_id AND g.revoked_at IS NULL GROUP BY g.id`,
    )
    expect(families).toEqual(Array.from({ length: FAMILIES }, () => ({ leaves: 1 })))
    console.info(`PostgreSQL crashed ${RESTARTS} times: first answer after ${recoveries.join(', ')} ms`)
    console.info(`${load.answered()} refreshes answered, ${load.unavailable()} asked to try again, 0 lost`)
  }, 240_000)
})
