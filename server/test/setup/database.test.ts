import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from './database.ts'

describe('a test database', () => {
  const databases: TestDatabase[] = []
  beforeAll(async () => {
    databases.push(...(await Promise.all([createTestDatabase(), createTestDatabase()])))
  })
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.drop()))
  })

  it('answers queries and is not the database of another test', async () => {
    const names = await Promise.all(databases.map(({ url }) => currentDatabase(url)))
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^sallyport_test_/)
  })

  it('is gone after drop', async () => {
    const extra = await createTestDatabase()
    await extra.drop()
    await expect(currentDatabase(extra.url)).rejects.toThrow(/does not exist/)
  })
})

async function currentDatabase(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name')
  await client.end()
  return rows[0]?.name ?? ''
}
