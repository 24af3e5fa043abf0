import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { connectEmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts'
import { readHolder } from '../../src/dev/folder-owner.ts'
import { openPostgresFolder, readPostmaster } from '../../src/dev/postgres-folder.ts'
import { makeSuiteFolder } from './open-folder.ts'

describe('a second reader of the embedded PostgreSQL', async () => {
  // Created by the test that needs a slow start, used by the others.
  const shared = { dataDir: join(await makeSuiteFolder(), 'postgres'), log: () => {}, flags: { fsync: 'off' } }

  it('waits for one that is still being created', async () => {
    const starting = startEmbeddedPostgres(shared)
    const { owner: claim } = await openPostgresFolder(shared.dataDir)
    await expect.poll(() => readHolder(claim), { interval: 5 }).toBeDefined()
    const [owner, reader] = await Promise.all([starting, connectEmbeddedPostgres(shared)])
    expect(reader.url).toBe(owner.url)
    await owner.stop()
  })

  it('uses the running one and leaves it running', async () => {
    const owner = await startEmbeddedPostgres(shared)
    const reader = await connectEmbeddedPostgres(shared)
    expect(reader.url).toBe(owner.url)
    await reader.stop()
    expect(await isRunning(shared.dataDir)).toBe(true)
    await owner.stop()
  })

  it('starts it for the time being when nobody runs it', async () => {
    const reader = await connectEmbeddedPostgres(shared)
    expect(await isRunning(shared.dataDir)).toBe(true)
    await reader.stop()
    expect(await isRunning(shared.dataDir)).toBe(false)
  })

  it('lets another reader finish before it stops what it started', async () => {
    const first = await connectEmbeddedPostgres(shared)
    const second = await connectEmbeddedPostgres(shared)
    const client = new Client({ connectionString: second.url })
    await client.connect()
    const [, answer] = await Promise.all([
      first.stop(),
      client.query('SELECT 42 AS answer, pg_sleep(0.5)').finally(() => client.end()),
    ])
    expect(answer.rows).toMatchObject([{ answer: 42 }])
    expect(await isRunning(shared.dataDir)).toBe(false)
  })
})

async function isRunning(dataDir: string): Promise<boolean> {
  return (await readPostmaster(await openPostgresFolder(dataDir))) !== undefined
}
