import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { connectEmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts'
import { openPostgresFolder, readPostmaster } from '../../src/dev/postgres-folder.ts'
import { makeOpenFolder } from './open-folder.ts'

describe('a second reader of the embedded PostgreSQL', () => {
  it('uses the running one and leaves it running', async () => {
    const options = await makeOptions()
    const owner = await startEmbeddedPostgres(options)
    const reader = await connectEmbeddedPostgres(options)
    expect(reader.url).toBe(owner.url)
    await reader.stop()
    expect(await isRunning(options.dataDir)).toBe(true)
    await owner.stop()
  })

  it('waits for one that is still being created', async () => {
    const options = await makeOptions()
    const [owner, reader] = await Promise.all([startEmbeddedPostgres(options), connectEmbeddedPostgres(options)])
    expect(reader.url).toBe(owner.url)
    await owner.stop()
  })

  it('starts it for the time being when nobody runs it', async () => {
    const options = await makeOptions()
    const reader = await connectEmbeddedPostgres(options)
    expect(await isRunning(options.dataDir)).toBe(true)
    await reader.stop()
    expect(await isRunning(options.dataDir)).toBe(false)
  })

  it('lets another reader finish before it stops what it started', async () => {
    const options = await makeOptions()
    const first = await connectEmbeddedPostgres(options)
    const second = await connectEmbeddedPostgres(options)
    const client = new Client({ connectionString: second.url })
    await client.connect()
    const [, answer] = await Promise.all([
      first.stop(),
      client.query('SELECT 42 AS answer, pg_sleep(0.5)').finally(() => client.end()),
    ])
    expect(answer.rows).toMatchObject([{ answer: 42 }])
    expect(await isRunning(options.dataDir)).toBe(false)
  })
})

async function makeOptions() {
  return { dataDir: join(await makeOpenFolder(), 'postgres'), log: () => {}, flags: { fsync: 'off' } }
}

async function isRunning(dataDir: string): Promise<boolean> {
  return (await readPostmaster(await openPostgresFolder(dataDir))) !== undefined
}
