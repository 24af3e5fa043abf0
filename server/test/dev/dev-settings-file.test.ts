import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/index.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { processesOf, startDevProcess } from './dev-process.ts'
import { devEnvironment } from './dev-settings.ts'
import { makeSuiteFolder } from './open-folder.ts'

describe('sallyport dev on settings of its operator', async () => {
  const folder = await makeSuiteFolder()
  let database: TestDatabase
  let store: Store
  let environment: Readonly<Record<string, string>>
  beforeAll(async () => {
    database = await createTestDatabase()
    store = openStore({ databaseUrl: database.url, poolSize: 1 })
    environment = { ...devEnvironment(folder), DATABASE_URL: database.url, SALLYPORT_DEMO_PASSWORD: 'a chosen word' }
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  const registered = async () => (await store.resources.list()).map(({ id, source }) => ({ id, source }))

  it('uses the database of DATABASE_URL, starts none, and says so', async () => {
    const dev = startDevProcess(environment)
    await dev.ready()
    expect(dev.stdout()).toContain('DATABASE_URL')
    expect(dev.stdout()).toContain('password a chosen word')
    expect(await registered()).toEqual([
      { id: 'sallyport-demo', source: 'demo' },
      { id: 'sallyport-downstream', source: 'demo' },
    ])
    expect((await store.accounts.list()).map(({ login }) => login)).toEqual(['alice', 'bob'])
    expect((await processesOf(folder)).filter((line) => line.includes('postgres'))).toEqual([])
    dev.signal('SIGTERM')
    expect(await dev.ended()).toBe(0)
  })

  it('lets the settings file describe the demo server instead of the built-in description', async () => {
    const file = join(folder, 'sallyport.yaml')
    const resource = {
      id: 'mine',
      uri: `http://127.0.0.1:${environment.SALLYPORT_DEMO_PORT}/mcp`,
      name: 'Mine',
      tools: 'tools.yaml',
    }
    await writeFile(file, JSON.stringify({ resources: [resource] }))
    await writeFile(join(folder, 'tools.yaml'), 'tools: { whoami: { class: discovery, scopes: [] } }\n')
    const dev = startDevProcess({ ...environment, SALLYPORT_CONFIG: file })
    await dev.ready()
    expect(await registered()).toEqual([
      { id: 'sallyport-downstream', source: 'demo' },
      { id: 'mine', source: 'settings' },
    ])
    dev.signal('SIGTERM')
    expect(await dev.ended()).toBe(0)
  })
})
