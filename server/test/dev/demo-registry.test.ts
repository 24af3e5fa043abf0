import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Settings } from '../../src/config/settings.ts'
import { demoClientKey } from '../../src/dev/demo-client-key.ts'
import { demoResource, demoUri, registerDemo } from '../../src/dev/demo-registry.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { makeDevSettings } from './dev-settings.ts'
import { makeOpenFolder } from './open-folder.ts'

const CLIENT = 'resource-sallyport-demo'
const TOOLS = { tools: { whoami: { class: 'discovery', scopes: [] } } }

describe('the demo in the registry', () => {
  let database: TestDatabase
  let store: Store
  let settings: Settings
  beforeAll(async () => {
    database = await createTestDatabase()
    store = openStore({ databaseUrl: database.url, poolSize: 2 })
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })
  beforeEach(async () => {
    settings = makeDevSettings(await makeOpenFolder())
    for (const { id } of await store.resources.list()) await store.resources.remove(id)
  })

  const registered = async () =>
    (await store.resources.list()).map(({ id, ownerClientId, exchangeOnly, exchangeFrom }) => ({
      id,
      ownerClientId,
      exchangeOnly,
      exchangeFrom,
    }))
  const publicKeys = async () => (await store.clients.find(CLIENT))?.metadata.jwks

  it('is an MCP server that owns a client by key, and an API that this client alone may exchange for (AS-TX-03)', async () => {
    const key = await demoClientKey(settings.dataDir)
    await registerDemo(store.resources, settings, key)
    expect(await registered()).toEqual([
      { id: 'sallyport-demo', ownerClientId: CLIENT, exchangeOnly: false, exchangeFrom: [] },
      { id: 'sallyport-downstream', ownerClientId: undefined, exchangeOnly: true, exchangeFrom: ['sallyport-demo'] },
    ])
    expect(await publicKeys()).toEqual({ keys: [key.publicJwk] })
    expect(JSON.stringify(await store.clients.find(CLIENT))).not.toContain(key.privateJwk.d)
  })

  it('gets its client and its API in a database from before there were any', async () => {
    await store.resources.put(demoResource(settings.demo.port))
    expect(await store.clients.find(CLIENT)).toBeUndefined()
    await registerDemo(store.resources, settings, await demoClientKey(settings.dataDir))
    expect((await registered()).map(({ ownerClientId }) => ownerClientId)).toEqual([CLIENT, undefined])
  })

  it('keeps its key over starts, readable by its user alone', async () => {
    const [first, second] = await Promise.all([demoClientKey(settings.dataDir), demoClientKey(settings.dataDir)])
    expect(second).toEqual(first)
    expect((await stat(join(settings.dataDir, 'demo-client-key.json'))).mode & 0o777).toBe(0o600)
  })

  it('signs in with a new key when the old one was deleted', async () => {
    await registerDemo(store.resources, settings, await demoClientKey(settings.dataDir))
    const other = await demoClientKey(await makeOpenFolder())
    await registerDemo(store.resources, settings, other)
    expect(await publicKeys()).toEqual({ keys: [other.publicJwk] })
  })

  it('does not replace a key file that it cannot understand, and says which', async () => {
    const file = join(settings.dataDir, 'demo-client-key.json')
    await writeFile(file, '{"kty":"oct"}')
    await expect(demoClientKey(settings.dataDir)).rejects.toThrow(file)
    expect(await readFile(file, 'utf8')).toBe('{"kty":"oct"}')
  })

  it("opens nothing to the owner of an operator's own description of the demo server", async () => {
    const key = await demoClientKey(settings.dataDir)
    await registerDemo(store.resources, settings, key)
    const mine = { id: 'mine', uri: demoUri(settings.demo.port), name: 'Mine', aliases: [], tools: TOOLS }
    await registerDemo(store.resources, { ...settings, resources: [mine] }, key)
    expect(await registered()).toEqual([
      { id: 'sallyport-downstream', ownerClientId: undefined, exchangeOnly: true, exchangeFrom: [] },
    ])
    expect(await store.clients.find(CLIENT)).toBeUndefined()
  })

  it("stands back where the operator's settings describe the address of the API", async () => {
    const key = await demoClientKey(settings.dataDir)
    await registerDemo(store.resources, settings, key)
    const api = { id: 'api', uri: `http://127.0.0.1:${settings.demo.downstreamPort}`, name: 'API', aliases: [] }
    await registerDemo(store.resources, { ...settings, resources: [{ ...api, tools: TOOLS }] }, key)
    expect((await registered()).map(({ id }) => id)).toEqual(['sallyport-demo'])
  })

  it('says what is in its way and which setting moves it', async () => {
    const uri = `http://127.0.0.1:${settings.demo.downstreamPort}`
    const other = { id: 'other', uri, name: 'Other', aliases: [], tools: TOOLS, accessTokenSeconds: undefined }
    await store.resources.add({ ...other, source: 'cli' })
    const registering = registerDemo(store.resources, settings, await demoClientKey(settings.dataDir))
    await expect(registering).rejects.toThrow(/uri-taken.*SALLYPORT_DOWNSTREAM_PORT/)
  })
})
