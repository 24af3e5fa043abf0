import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateClientKey } from '../../src/keys/client-key.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { run } from './fake-terminal.ts'

const TOOLS =
  "scopes: { 'mcp:issue:read': { class: read, description: Read issues } }\ntools: { issue_read: { scopes: ['mcp:issue:read'] } }\n"
const folder = mkdtempSync(join(tmpdir(), 'sallyport-resource-client-'))
let database: TestDatabase
let store: Store

beforeAll(async () => {
  database = await createTestDatabase()
  store = openStore({ databaseUrl: database.url, poolSize: 1 })
  writeFileSync(join(folder, 'tools.yaml'), TOOLS)
})
afterAll(async () => {
  await store.close()
  await database.drop()
  rmSync(folder, { recursive: true })
})

const sallyport = (...args: string[]) => run(args, { env: { DATABASE_URL: database.url }, cwd: folder })
const addResource = (id: string, ...rest: string[]) =>
  sallyport(
    ...['resource', 'add', '--id', id, '--uri', `https://${id}.example.com/mcp`, '--name', id],
    ...['--tools', 'tools.yaml', '--json', ...rest],
  )
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'))
const find = async (id: string) => (await store.resources.list()).find((resource) => resource.id === id)

describe('sallyport resource add', () => {
  it('makes a client for the server: the public key is kept, the private one is in a file for its user alone', async () => {
    const { stdout } = await addResource('issues')
    expect(JSON.parse(stdout)).toMatchObject({
      clientId: 'resource-issues',
      clientKeyFile: join(folder, 'issues.client-key.json'),
    })
    const { d, ...publicPart } = read('issues.client-key.json')
    expect(publicPart).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: expect.stringMatching(/^\S{43}$/) })
    expect(statSync(join(folder, 'issues.client-key.json')).mode & 0o777).toBe(0o600)
    const client = await store.clients.find('resource-issues')
    expect(client).toMatchObject({
      source: 'resource',
      metadata: { redirect_uris: [], token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicPart] } },
    })
    expect(JSON.stringify(client)).not.toContain(d)
    expect(await find('issues')).toMatchObject({
      ownerClientId: 'resource-issues',
      exchangeOnly: false,
      exchangeFrom: [],
    })
  })

  it('never writes over a key, and then has stored nothing', async () => {
    writeFileSync(join(folder, 'precious.client-key.json'), 'the key of a running server')
    const refused = await addResource('precious')
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is there already') })
    expect(readFileSync(join(folder, 'precious.client-key.json'), 'utf8')).toBe('the key of a running server')
    expect(await find('precious')).toBeUndefined()
    expect(await store.clients.find('resource-precious')).toBeUndefined()
  })

  it('leaves no key behind when the resource is refused', async () => {
    expect(await addResource('second', '--exchange-from', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('must name another registered resource'),
    })
    expect(existsSync(join(folder, 'second.client-key.json'))).toBe(false)
    expect(await store.clients.find('resource-second')).toBeUndefined()
  })

  it('says that a folder for the key is not there, and stores nothing', async () => {
    const refused = await addResource('lost', '--client-key', 'nowhere/key.json')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('the key cannot be written to') })
    expect(await find('lost')).toBeUndefined()
  })

  it('makes no client when told so, and none for a client that is there already', async () => {
    expect(JSON.parse((await addResource('bare', '--no-client')).stdout)).not.toHaveProperty('clientId')
    expect(await find('bare')).toMatchObject({ ownerClientId: undefined })
    const { publicJwk } = await generateClientKey()
    writeFileSync(join(folder, 'own.jwks.json'), JSON.stringify({ keys: [publicJwk] }))
    await sallyport('client', 'add', '--id', 'own', '--name', 'Own', '--jwks', 'own.jwks.json')
    expect(JSON.parse((await addResource('mine', '--owner-client', 'own')).stdout)).toMatchObject({ clientId: 'own' })
    expect(await find('mine')).toMatchObject({ ownerClientId: 'own' })
    expect(await addResource('both', '--owner-client', 'own', '--client-key', 'k.json')).toMatchObject({ code: 2 })
  })

  it.each([
    { owner: 'nobody', says: 'there is no client nobody' },
    { owner: 'public', says: 'client public does not sign in by key' },
    { owner: 'stranger', says: 'client stranger does not sign in by key' },
  ])('refuses $owner as the owner of a resource (AS-TX-02)', async ({ owner, says }) => {
    await sallyport('client', 'add', '--id', 'public', '--name', 'P', '--redirect-uri', 'http://127.0.0.1/cb')
    const { publicJwk } = await generateClientKey()
    const metadata = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicJwk] } }
    await store.clients.add({ id: 'stranger', source: 'dynamic', metadata })
    const refused = await addResource('taken', '--owner-client', owner)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(says) })
  })

  it('registers a target of exchange, and forgets who might exchange into it when that resource goes', async () => {
    await addResource('front')
    await addResource('api', '--exchange-only', '--exchange-from', 'front', '--exchange-from', 'issues', '--no-client')
    expect(await find('api')).toMatchObject({ exchangeOnly: true, exchangeFrom: ['front', 'issues'] })
    expect((await sallyport('resource', 'remove', 'front')).code).toBe(0)
    expect(await find('api')).toMatchObject({ exchangeFrom: ['issues'] })
    expect(await store.clients.find('resource-front')).toBeUndefined()
  })

  it('whose client is removed owns nothing when somebody else gets that id', async () => {
    await addResource('orphan')
    expect((await sallyport('client', 'remove', 'resource-orphan')).code).toBe(0)
    expect(await find('orphan')).toMatchObject({ ownerClientId: undefined })
  })
})

describe('sallyport client add --jwks', () => {
  it('adds a client that signs in by key and needs no redirect URI', async () => {
    const { publicJwk, privateJwk } = await generateClientKey()
    writeFileSync(join(folder, 'good.json'), JSON.stringify({ keys: [{ ...publicJwk, x5t: 'ignored' }] }))
    writeFileSync(join(folder, 'private.json'), JSON.stringify({ keys: [privateJwk] }))
    expect((await sallyport('client', 'add', '--id', 'night', '--name', 'N', '--jwks', 'good.json')).code).toBe(0)
    expect((await store.clients.find('night'))?.metadata).toEqual({
      client_name: 'N',
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [publicJwk] },
    })
    const { clients } = JSON.parse((await sallyport('client', 'list')).stdout)
    expect(clients).toContainEqual(expect.objectContaining({ id: 'night', confidential: true }))
    const refused = await sallyport('client', 'add', '--name', 'N', '--jwks', 'private.json')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('flag --jwks: keys[0] holds a private') })
    expect(refused.stderr).not.toContain(privateJwk.d)
  })

  it('still asks a public client for a redirect URI', async () => {
    expect(await sallyport('client', 'add', '--name', 'N')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--redirect-uri is missing'),
    })
  })
})
