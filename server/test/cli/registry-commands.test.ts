import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashClientSecret } from '../../src/store/clients.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { type RunOptions, run } from './fake-terminal.ts'

const PASSWORD = 'correct horse battery'
const TOOLS =
  "scopes: { 'mcp:issue:read': { class: read, description: Read issues } }\ntools: { issue_read: { scopes: ['mcp:issue:read'] } }\n"
const folder = mkdtempSync(join(tmpdir(), 'sallyport-registry-'))
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

const sallyport = (args: readonly string[], options: RunOptions = {}) =>
  run(args, { env: { DATABASE_URL: database.url }, cwd: folder, ...options })

describe('sallyport user', () => {
  const addUser = (login: string, rest: readonly string[] = []) =>
    sallyport(['user', 'add', login, '--password-stdin', ...rest], { stdin: PASSWORD })

  it('adds, lists and disables a person', async () => {
    const added = await addUser('alice', ['--name', 'Alice Archer', '--json'])
    const { id } = JSON.parse(added.stdout)
    expect(JSON.parse(added.stdout)).toEqual({ id, login: 'alice', name: 'Alice Archer' })
    expect(await sallyport(['user', 'disable', 'alice'])).toMatchObject({ code: 0, stdout: '' })
    const { users } = JSON.parse((await sallyport(['user', 'list'])).stdout)
    expect(users).toEqual([
      { id, login: 'alice', name: 'Alice Archer', createdAt: expect.any(String), disabledAt: expect.any(String) },
    ])
  })

  it('lists a table for people and JSON for programs', async () => {
    const shown = await sallyport(['user', 'list'], { stdoutIsTerminal: true })
    expect(shown.stdout).toMatch(/^LOGIN +NAME +CREATED +STATE\nalice +Alice Archer +\d{4}-\d\d-\d\d +disabled/)
    const asked = await sallyport(['user', 'list', '--json'], { stdoutIsTerminal: true })
    expect(JSON.parse(asked.stdout)).toHaveProperty('users')
  })

  it('refuses a login that is taken, in whatever case, with exit code 1', async () => {
    expect(await addUser('ALICE')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is a user ALICE already'),
    })
  })

  it.each(['two words', '', 'line\nend'])('refuses the login %j with exit code 2', async (login) => {
    expect((await addUser(login)).code).toBe(2)
  })

  it('sets a new password', async () => {
    await addUser('bob')
    const before = await store.accounts.findForSignIn('bob')
    const changed = await sallyport(['user', 'passwd', 'bob', '--password-stdin'], { stdin: `${PASSWORD} staple` })
    expect(changed).toMatchObject({ code: 0, stdout: '' })
    expect((await store.accounts.findForSignIn('bob'))?.passwordHash).not.toBe(before?.passwordHash)
  })

  it.each([
    ['user', 'disable', 'nobody'],
    ['user', 'passwd', 'nobody', '--password-stdin'],
  ])('refuses %s %s for a login that is not there', async (...args) => {
    const outcome = await sallyport(args, { stdin: PASSWORD })
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no user nobody') })
  })
})

describe('sallyport resource', () => {
  const addResource = (id: string, uri: string, rest: readonly string[] = []) =>
    sallyport(['resource', 'add', '--id', id, '--uri', uri, '--name', id, '--tools', 'tools.yaml', ...rest])

  it('adds a resource under its canonical identifier, with its tools', async () => {
    const added = await addResource('issues', 'HTTPS://MCP.example.com:443/mcp', [
      '--alias',
      'https://mcp.example.com/',
      '--json',
    ])
    expect(JSON.parse(added.stdout)).toEqual({
      id: 'issues',
      uri: 'https://mcp.example.com/mcp',
      aliases: ['https://mcp.example.com'],
      clientId: 'resource-issues',
      clientKeyFile: join(folder, 'issues.client-key.json'),
    })
    const { resources } = JSON.parse((await sallyport(['resource', 'list'])).stdout)
    expect(resources).toMatchObject([
      {
        id: 'issues',
        source: 'cli',
        accessTokenSeconds: null,
        tools: { tools: { issue_read: { scopes: ['mcp:issue:read'] } } },
      },
    ])
  })

  it.each([
    {
      because: 'its id is taken',
      args: ['issues', 'https://other.example.com/mcp'],
      says: 'there is a resource issues already',
    },
    {
      because: 'its identifier is taken',
      args: ['other', 'https://mcp.example.com/mcp'],
      says: 'means another resource already',
    },
    {
      because: 'the origin is an alias',
      args: ['other', 'https://mcp.example.com/two'],
      says: 'a bare origin cannot be an alias',
    },
  ])('refuses one with exit code 1 because $because', async ({ args: [id = '', uri = ''], says }) => {
    expect(await addResource(id, uri)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(says) })
  })

  it('names every flag that is wrong, and the line of the tools file', async () => {
    writeFileSync(join(folder, 'bad.yaml'), "scopes: {}\ntools: { x: { scopes: ['mcp:nope:read'] } }\n")
    const { code, stderr } = await sallyport([
      ...['resource', 'add', '--id', 'x', '--uri', 'http://mcp.example.com/mcp', '--name', 'X'],
      ...['--tools', 'bad.yaml', '--alias', '#'],
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('error: flag --uri: is http on a host that is not loopback')
    expect(stderr).toContain('error: flag --alias: ')
    expect(stderr).toMatch(/bad\.yaml:2:\d+: tools\.x\.scopes\[0\]/)
    const wrong = await addResource('NOT AN ID', 'https://a.example/mcp', ['--access-token-seconds', '5'])
    expect(wrong.stderr).toContain('error: flag --id: must be 1 to 64 of a-z, 0-9 and -')
    expect(wrong.stderr).toContain('error: flag --access-token-seconds: must be between 60 and 3600')
  })

  it('removes one, and says when there is none', async () => {
    await addResource('gone', 'https://gone.example.com/mcp')
    expect((await sallyport(['resource', 'remove', 'gone'])).code).toBe(0)
    expect(await sallyport(['resource', 'remove', 'gone'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no resource gone'),
    })
  })
})

describe('sallyport client', () => {
  const addClient = (...args: string[]) => sallyport(['client', 'add', '--name', 'Desk', ...args])
  const LOOPBACK = ['--redirect-uri', 'http://127.0.0.1/callback']

  it('adds a public client with an id and no secret', async () => {
    const { code, stdout, stderr } = await addClient(
      ...LOOPBACK,
      '--redirect-uri',
      'cursor://anysphere.cursor-mcp/cb',
      '--json',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { clientId } = JSON.parse(stdout)
    expect(JSON.parse(stdout)).toEqual({ clientId: expect.stringMatching(/^client_[0-9a-f]{24}$/) })
    expect((await store.clients.find(clientId))?.metadata).toEqual({
      client_name: 'Desk',
      redirect_uris: ['http://127.0.0.1/callback', 'cursor://anysphere.cursor-mcp/cb'],
      token_endpoint_auth_method: 'none',
    })
  })

  it('shows the secret of a confidential client once, and keeps only its digest', async () => {
    const { stdout, stderr } = await addClient(
      '--id',
      'portal',
      '--redirect-uri',
      'https://a.example/cb',
      '--confidential',
    )
    const [, secret = ''] = /client secret {2}(\S{43})\n/.exec(stdout) ?? []
    expect(secret).not.toBe('')
    expect(stderr).not.toContain(secret)
    const row = await store.clients.find('portal')
    expect(row?.metadata.client_secret).toBe(hashClientSecret(secret))
    const listed = await sallyport(['client', 'list'])
    expect(listed.stdout).not.toContain(secret)
    expect(listed.stdout).not.toContain(hashClientSecret(secret))
    expect(JSON.parse(listed.stdout).clients).toContainEqual(
      expect.objectContaining({ id: 'portal', source: 'cli', confidential: true }),
    )
  })

  it('keeps a default resource that is registered, and refuses one that is not', async () => {
    await addClient(...LOOPBACK, '--id', 'with-default', '--default-resource', 'issues')
    expect((await store.clients.find('with-default'))?.defaultResource).toBe('issues')
    expect(await addClient(...LOOPBACK, '--default-resource', 'nope')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('flag --default-resource: is not a resource'),
    })
  })

  it('keeps that a client must push its requests and gets bound tokens alone, and says neither of others (AS-PAR-01, AS-DPOP-03)', async () => {
    const demands = ['--require-pushed-requests', '--dpop-bound-access-tokens']
    expect((await addClient(...LOOPBACK, '--id', 'strict', ...demands)).code).toBe(0)
    expect((await store.clients.find('strict'))?.metadata).toMatchObject({
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
    })
    expect((await addClient(...LOOPBACK, '--id', 'pushing', '--require-pushed-requests')).code).toBe(0)
    const pushing = (await store.clients.find('pushing'))?.metadata
    expect(pushing).toHaveProperty('require_pushed_authorization_requests', true)
    expect(pushing).not.toHaveProperty('dpop_bound_access_tokens')
  })

  it.each([
    {
      because: 'AS-RED-05',
      args: ['--redirect-uri', 'http://a.example/cb'],
      says: 'flag --redirect-uri: must use https',
    },
    {
      because: 'AS-RED-06',
      args: ['--redirect-uri', 'javascript://a.example/cb'],
      says: 'must not use the scheme javascript',
    },
    { because: 'AS-RED-08', args: ['--redirect-uri', 'https://a.example/cb#x'], says: 'must not have a fragment' },
    { because: 'an id that reads as a document', args: [...LOOPBACK, '--id', 'https://a.example'], says: 'flag --id' },
    {
      because: 'a secret in an app',
      args: ['--redirect-uri', 'cursor://anysphere.cursor-mcp/cb', '--confidential'],
      says: 'for public clients',
    },
  ])('refuses $because with exit code 2', async ({ args, says }) => {
    expect(await addClient(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
  })

  it('refuses an id that is taken with exit code 1', async () => {
    expect((await addClient(...LOOPBACK, '--id', 'portal')).code).toBe(1)
  })

  it('does not let a registered name speak to the terminal', async () => {
    const metadata = { client_name: 'Nice\u001b[2J\u202e', redirect_uris: ['https://a.example/cb'] }
    await store.clients.add({ id: 'dynamic-1', source: 'dynamic', metadata })
    const { stdout } = await sallyport(['client', 'list'], { stdoutIsTerminal: true })
    expect(stdout).toContain('dynamic-1')
    expect(stdout).not.toMatch(/[^\P{C}\n]/u)
    const json = (await sallyport(['client', 'list', '--json'])).stdout
    expect(json).not.toMatch(/[^\P{C}\n]/u)
    const { clients } = JSON.parse(json) as { clients: { id: string; name: string }[] }
    expect(clients.find(({ id }) => id === 'dynamic-1')?.name).toBe(metadata.client_name)
  })

  it('lists clients that are known by their documents, and forgets one by its URL', async () => {
    const url = 'https://app.example.com/client.json'
    const metadata = {
      client_name: 'Documented',
      redirect_uris: ['https://app.example.com/cb'],
      jwks_uri: 'https://x.example/',
    }
    const version = { digest: 'd', metadata: { ...metadata, token_endpoint_auth_method: 'private_key_jwt' } }
    const { askedAt } = await store.clientDocuments.look(url)
    await store.clientDocuments.keep({ url, version, etag: undefined, freshSeconds: 60, askedAt })
    const { clients } = JSON.parse((await sallyport(['client', 'list'])).stdout) as { clients: { id: string }[] }
    expect(clients.find(({ id }) => id === url)).toEqual({
      id: url,
      name: 'Documented',
      source: 'document',
      confidential: true,
      redirectUris: metadata.redirect_uris,
      defaultResource: null,
      createdAt: expect.any(String),
    })
    expect((await sallyport(['client', 'remove', url])).code).toBe(0)
    expect((await sallyport(['client', 'remove', url])).code).toBe(1)
    expect((await sallyport(['client', 'list'])).stdout).not.toContain(url)
  })

  it('removes one; what stands in the settings file is removed there', async () => {
    expect((await sallyport(['client', 'remove', 'portal'])).code).toBe(0)
    expect((await sallyport(['client', 'remove', 'portal'])).code).toBe(1)
    await store.clients.add({ id: 'filed', source: 'settings', metadata: { redirect_uris: ['https://a.example/cb'] } })
    expect(await sallyport(['client', 'remove', 'filed'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stands in the settings file'),
    })
  })
})
