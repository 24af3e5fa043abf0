import { IssuerMismatchError, UnauthorizedError } from '@modelcontextprotocol/client'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createBrowser } from '../setup/browser.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'
import { approve, type Callback } from '../setup/flow.ts'
import { askedScopes } from './asked-scopes.ts'
import { callTool, createSdk2Application, type Sdk2Application } from './sdk2-application.ts'
import { type Stack, startStack } from './stack.ts'

const FIRST = ['mcp:repositories:list', 'mcp:issue:read']
const WRITE = 'mcp:issue:create'
const UNION = [...FIRST, WRITE]

const TOOLS = [
  'branch_delete',
  'downstream_read',
  'issue_create',
  'issue_read',
  'repositories_list',
  'secret_rotate',
  'url_fetch',
  'whoami',
]

let stack: Stack
let application: Sdk2Application
/** The browser of one person: once signed in, it stays so. */
let browser: Browser

const sentTo = (name: string): string | null | undefined => application.memory.sentTo?.searchParams.get(name)
const walk = (): Promise<Callback> => approve(stack.server, { url: application.memory.sentTo?.href ?? '' }, {}, browser)

const loseAccess = (): void => {
  const { tokens } = application.memory
  if (tokens !== undefined) application.memory.tokens = { ...tokens, access_token: 'no-longer-good' }
}

const DOCUMENT = 'https://client.example/oauth/application.json'

describe.each([
  { how: 'registered dynamically', document: undefined, clientId: /^client_/ },
  {
    how: 'described by a document of its own (AS-CIMD-01)',
    document: DOCUMENT,
    clientId: /^https:\/\/client\.example\//,
  },
])('the unmodified MCP SDK 2.4 client, $how', ({ document, clientId }) => {
  let host: DocumentHost
  beforeAll(async () => {
    host = await startDocumentHost()
    host.serve(DOCUMENT, {
      client_id: DOCUMENT,
      client_name: 'SDK 2.x application',
      redirect_uris: ['http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
    })
    stack = await startStack({ egress: host.egress() })
    application = createSdk2Application(stack.demo.url, document)
    browser = createBrowser()
  })
  afterAll(async () => {
    await stack.close()
    await host.close()
  })

  it('finds its way from the first 401, with the scopes of reading and this server as resource', async () => {
    await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
    expect(sentTo('resource')).toBe(stack.demo.url)
    expect(sentTo('scope')).toBe(FIRST.join(' '))
    expect(application.memory.client?.client_id).toMatch(clientId)
    expect(sentTo('client_id')).toBe(application.memory.client?.client_id)
  })

  it('refuses a callback of another issuer before it sends the code anywhere (AS-AZ-08)', async () => {
    const callback = await walk()
    expect(askedScopes(callback)).toEqual([FIRST])
    expect(host.requests).toEqual(document === undefined ? [] : ['client.example/oauth/application.json'])
    const forged = new URLSearchParams(callback.params)
    forged.set('iss', 'https://attacker.example')
    await expect(application.comeBack(forged)).rejects.toBeInstanceOf(IssuerMismatchError)
    const stripped = new URLSearchParams(callback.params)
    stripped.delete('iss')
    await expect(application.comeBack(stripped)).rejects.toBeInstanceOf(IssuerMismatchError)
    await application.comeBack(callback.params)
    expect(decodeJwt(application.memory.tokens?.access_token ?? '').aud).toBe(stack.demo.url)
  })

  it.each(['legacy', 'auto'] as const)(
    'lists the tools and reads, negotiating the protocol in mode %s',
    async (mode) => {
      const client = await application.connect({ versionNegotiation: { mode } })
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name).sort()).toEqual(TOOLS)
      expect(JSON.parse(await callTool(client, 'issue_read', { number: 1 }))).toMatchObject({ number: 1 })
      await client.close()
    },
  )

  it('writes after one more prompt, which shows the new scope alone (RS-403-02, AS-SC-01)', async () => {
    const client = await application.connect()
    await expect(callTool(client, 'issue_create', { title: 'By SDK 2' })).rejects.toBeInstanceOf(UnauthorizedError)
    expect(sentTo('scope')?.split(' ').sort()).toEqual([...UNION].sort())
    const callback = await walk()
    expect(askedScopes(callback)).toEqual([[WRITE]])
    await application.comeBack(callback.params)
    expect(JSON.parse(await callTool(client, 'issue_create', { title: 'By SDK 2' }))).toMatchObject({
      title: 'By SDK 2',
    })
    await client.close()
  })

  it('holds the union afterwards, and reads as before', async () => {
    const { tokens } = application.memory
    expect(tokens?.scope?.split(' ').sort()).toEqual([...UNION].sort())
    expect(
      String(decodeJwt(tokens?.access_token ?? '').scope)
        .split(' ')
        .sort(),
    ).toEqual([...UNION].sort())
    const client = await application.connect()
    await callTool(client, 'issue_read', { number: 2 })
    await client.close()
  })

  it('refreshes after the step-up and keeps the union', async () => {
    const before = application.memory.tokens?.refresh_token
    loseAccess()
    const client = await application.connect()
    await callTool(client, 'issue_create', { title: 'After a refresh' })
    expect(application.memory.tokens?.refresh_token).not.toBe(before)
    expect(application.memory.tokens?.scope?.split(' ').sort()).toEqual([...UNION].sort())
    await client.close()
  })

  it('loses none of several calls that find the token expired at the same time (AS-RT-03)', async () => {
    const clients = await Promise.all([1, 2, 3, 4, 5].map(() => application.connect()))
    loseAccess()
    const texts = await Promise.all(clients.map((client) => callTool(client, 'issue_read', { number: 3 })))
    expect(new Set(texts).size).toBe(1)
    loseAccess()
    const again = await Promise.all(clients.map((client) => callTool(client, 'issue_create', { title: 'Again' })))
    expect(again).toHaveLength(5)
    for (const client of clients) await client.close()
  })

  it('gets a tool error, and no prompt, for what no scope opens', async () => {
    application.memory.sentTo = undefined
    const client = await application.connect()
    await expect(callTool(client, 'branch_delete', { name: 'main' })).rejects.toThrow(/approv/i)
    expect(application.memory.sentTo).toBeUndefined()
    await client.close()
  })
})
