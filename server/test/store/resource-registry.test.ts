import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/index.ts'
import type { NewResource } from '../../src/store/resources.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'

let database: TestDatabase
let store: Store
const complaints: string[] = []
beforeAll(async () => {
  database = await createTestDatabase()
  store = openStore({ databaseUrl: database.url, poolSize: 4, log: (message) => complaints.push(message) })
})
afterAll(async () => {
  await store.close()
  await database.drop()
})

function resource(id: string, uri: string, rest: Partial<NewResource> = {}): NewResource {
  const tools = { tools: { whoami: { class: 'discovery', scopes: [] } } }
  return { id, uri, name: id, aliases: [], tools, accessTokenSeconds: undefined, source: 'cli', ...rest }
}

/** A registry that was not read yet. */
async function current() {
  const fresh = openStore({ databaseUrl: database.url, poolSize: 1, log: (message) => complaints.push(message) })
  const snapshot = await fresh.registry.current()
  await fresh.close()
  return snapshot
}

describe('a spelling of a resource', () => {
  beforeAll(async () => {
    const aliases = ['https://mcp.example/mcp/', 'https://mcp.example', 'https://www.mcp.example/mcp']
    expect(await store.resources.add(resource('one', 'https://mcp.example/mcp', { aliases }))).toEqual({ ok: true })
  })

  it.each([
    'https://mcp.example/mcp',
    'HTTPS://MCP.Example/mcp',
    'https://mcp.example:443/mcp',
    'https://mcp.example/mcp/',
    'https://mcp.example',
    'https://mcp.example/',
    'https://www.mcp.example/mcp',
  ])('%s means it (AS-RES-05)', async (spelling) => {
    expect((await current()).resolve(spelling)?.uri).toBe('https://mcp.example/mcp')
  })

  it.each([
    'https://mcp.example/MCP',
    'https://mcp.example/mcp//',
    'https://mcp.example/mcp?',
    'https://mcp.example/mcp?x=1',
    'https://mcp.example/mcp#',
    'https://mcp.example/%6dcp',
    'https://mcp.example/mcp/../admin',
    'https://mcp.example/mcp/x',
    'https://mcp.example/mcp2',
    'https://mcp.example:8443/mcp',
    'http://mcp.example/mcp',
    'https://user@mcp.example/mcp',
    'https://mcp.example.evil/mcp',
    'mcp.example/mcp',
    '',
  ])('%j means nothing (A121, A122, A123)', async (spelling) => {
    expect((await current()).resolve(spelling)).toBeUndefined()
  })
})

describe('a second resource', () => {
  it.each([
    { because: 'its id is there', made: resource('one', 'https://new.example/mcp'), reason: 'id-taken' },
    { because: 'its identifier is there', made: resource('two', 'https://mcp.example/mcp'), reason: 'uri-taken' },
    {
      because: 'its identifier is an alias already',
      made: resource('two', 'https://www.mcp.example/mcp'),
      reason: 'uri-taken',
    },
    {
      because: 'its alias is an identifier already',
      made: resource('two', 'https://new.example/mcp', { aliases: ['https://mcp.example/mcp'] }),
      reason: 'alias-taken',
    },
    {
      because: 'the origin means the first one (AS-RES-05)',
      made: resource('two', 'https://mcp.example/other'),
      reason: 'origin-alias-ambiguous',
    },
  ])('is refused: $because', async ({ made, reason }) => {
    expect(await store.resources.add(made)).toEqual({ ok: false, reason })
    expect((await store.resources.list()).map(({ id }) => id)).toEqual(['one'])
  })

  it('that two people register at once is there once', async () => {
    const made = [resource('three', 'https://three.example/mcp'), resource('drei', 'https://three.example/mcp')]
    const results = await Promise.all(made.map((each) => store.resources.add(each)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    const uris = (await store.resources.list()).map(({ uri }) => uri)
    expect(uris.filter((uri) => uri === 'https://three.example/mcp')).toHaveLength(1)
  })
})

describe('a resource whose tools this version does not understand', () => {
  it('is left out, and the log says which', async () => {
    await store.resources.add(resource('odd', 'https://odd.example/mcp', { tools: { scopes: { '*': {} } } }))
    expect((await current()).resolve('https://odd.example/mcp')).toBeUndefined()
    expect(complaints.some((message) => message.includes('"odd"'))).toBe(true)
  })
})
