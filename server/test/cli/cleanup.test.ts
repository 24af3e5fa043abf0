import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/index.ts'
import { acquireLease } from '../../src/store/leases.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { query } from '../setup/state.ts'
import { run } from './fake-terminal.ts'

let database: TestDatabase
let store: Store
beforeAll(async () => {
  database = await createTestDatabase()
  store = openStore({ databaseUrl: database.url, poolSize: 1 })
})
afterAll(async () => {
  await store.close()
  await database.drop()
})
beforeEach(async () => {
  await query({ databaseUrl: database.url }, 'DELETE FROM replays')
  await query(
    { databaseUrl: database.url },
    "INSERT INTO replays SELECT sha256(n::text::bytea), now() - interval '1 second' FROM generate_series(1, 700) n",
  )
})

const cleanup = (...args: string[]) => run(['cleanup', ...args], { env: { DATABASE_URL: database.url } })
const left = async () => (await query({ databaseUrl: database.url }, 'SELECT 1 FROM replays')).length

describe('sallyport cleanup', () => {
  it('counts with --dry-run and changes nothing', async () => {
    const { code, stdout, stderr } = await cleanup('--dry-run', '--json')
    expect({ code, stderr, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      stderr: '',
      dryRun: true,
      rows: { replays: 700 },
    })
    expect(await left()).toBe(700)
  })

  it('removes, tells how far it is on stderr, and what it removed on stdout', async () => {
    const { code, stdout, stderr } = await cleanup('--json')
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      dryRun: false,
      rows: { replays: 700, sessions: 0 },
    })
    expect(stderr).toBe('replays: 500 removed\nreplays: 700 removed\n')
    expect(await left()).toBe(0)
    expect((await cleanup()).stdout).toMatch(/^replays +0$/m)
  })

  it('waits for another process that is at it', async () => {
    await acquireLease(store.database, { name: 'housekeeping', holder: 'another', notWithinSeconds: 0 })
    // Long enough for the command to come across it, on a busy machine too.
    await query({ databaseUrl: database.url }, "UPDATE leases SET held_until = now() + interval '5 seconds'")
    const { code, stderr } = await cleanup('--json')
    expect({ code, waited: stderr.startsWith('another process is cleaning up: waiting') }).toEqual({
      code: 0,
      waited: true,
    })
    expect(await left()).toBe(0)
  })
})
