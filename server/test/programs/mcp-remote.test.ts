import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { processesOf } from '../dev/dev-process.ts'
import { makeSuiteFolder } from '../dev/open-folder.ts'
import { askedScopes } from '../e2e/asked-scopes.ts'
import { callTool } from '../e2e/sdk2-application.ts'
import { type Stack, startStack } from '../e2e/stack.ts'
import { type Browser, createBrowser } from '../setup/browser.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'
import { approve, type Callback } from '../setup/flow.ts'
import { createHost, type Host, keptClientId, keptTokens, loseAccess, loseRegistration } from './mcp-remote.ts'

const FIRST = ['mcp:repositories:list', 'mcp:issue:read']
const WRITE = 'mcp:issue:create'
const DOCUMENT = 'https://client.example/oauth/mcp-remote.json'

const sorted = (scope: string): readonly string[] => scope.split(' ').sort()

describe.each([
  { how: 'which registers itself', options: [], clientId: /^client_/ },
  {
    how: 'told of a document that describes it (AS-CIMD-01)',
    options: ['--client-metadata-url', DOCUMENT],
    clientId: /^https:\/\/client\.example\//,
  },
])('the unmodified mcp-remote 0.15.1, $how', async ({ options, clientId }) => {
  const folder = await makeSuiteFolder()
  const another = await makeSuiteFolder()
  let documents: DocumentHost
  let stack: Stack
  /** The browser of one person: once signed in, it stays so. */
  let browser: Browser
  const hosts: Host[] = []
  beforeAll(async () => {
    documents = await startDocumentHost()
    documents.serve(DOCUMENT, {
      client_id: DOCUMENT,
      client_name: 'mcp-remote of the company',
      redirect_uris: ['http://localhost/oauth/callback'],
      token_endpoint_auth_method: 'none',
    })
    stack = await startStack({ egress: documents.egress() })
    browser = createBrowser()
  })
  afterAll(async () => {
    for (const host of hosts) await host.close()
    // Each names the server on its command line; a busy machine needs a moment to bury what has ended.
    await vi.waitFor(async () => expect(await processesOf(stack.demo.url)).toEqual([]), 30_000)
    await stack.close()
    await documents.close()
  })

  const start = async (where = folder, more: readonly string[] = []): Promise<Host> => {
    const host = await createHost(stack.demo.url, where, [...options, ...more])
    hosts.push(host)
    return host
  }
  const visit = async (url: string, from = browser): Promise<Callback> => {
    const callback = await approve(stack.server, { url }, {}, from)
    // In the middle of a session it begins to listen a moment after it has opened the page, and people are slower than this one.
    const arrive = () => fetch(callback.url).then(({ status }) => status, String)
    await expect.poll(arrive).toBe(200)
    return callback
  }

  it('gets in: is known to the server, opens the sign-in, redeems the code, and its tool answers (AS-AZ-17)', async () => {
    const host = await start()
    const connecting = host.connect()
    const url = await host.opened()
    const asked = new URL(url).searchParams
    expect(asked.get('client_id')).toMatch(clientId)
    expect(asked.get('resource')).toBe(stack.demo.url)
    expect(asked.get('redirect_uri')).toMatch(/^http:\/\/localhost:\d+\/oauth\/callback$/)
    await visit(url)
    await connecting
    const seen = JSON.parse(await callTool(host.client, 'whoami'))
    expect(seen).toMatchObject({ client_id: asked.get('client_id'), scopes: FIRST })
    const { access_token: token, scope } = await keptTokens(folder)
    expect(decodeJwt(token)).toMatchObject({ aud: stack.demo.url, sub: seen.sub })
    expect(sorted(scope)).toEqual([...FIRST].sort())
    await host.close()
  })

  it('comes back after a restart with what it kept, and refreshes when that has ended: no page (AS-RT-01)', async () => {
    const before = await keptTokens(folder)
    const host = await start()
    await host.connect()
    expect(JSON.parse(await callTool(host.client, 'issue_read', { number: 1 }))).toMatchObject({ number: 1 })
    expect(await keptTokens(folder)).toEqual(before)
    await loseAccess(folder)
    expect(JSON.parse(await callTool(host.client, 'issue_read', { number: 2 }))).toMatchObject({ number: 2 })
    const after = await keptTokens(folder)
    expect(after.refresh_token).not.toBe(before.refresh_token)
    expect(sorted(after.scope)).toEqual(sorted(before.scope))
    expect(host.said()).not.toContain('/authorize?')
  })

  it('steps up in the middle of a call, by a page that shows the new scope alone, and keeps the rest (AS-SC-03)', async () => {
    const host = hosts.at(-1)
    if (host === undefined) throw new Error('it was never started')
    const calling = callTool(host.client, 'issue_create', { title: 'By mcp-remote' })
    const callback = await visit(await host.opened())
    expect(askedScopes(callback)).toEqual([[WRITE]])
    expect(JSON.parse(await calling)).toMatchObject({ title: 'By mcp-remote' })
    expect(sorted((await keptTokens(folder)).scope)).toEqual([...FIRST, WRITE].sort())
  })

  it.runIf(options.length > 0)('gets in with scopes of OpenID Connect alone (AS-SC-02)', async () => {
    await hosts.at(-1)?.close()
    const scope = 'openid email profile'
    const host = await start(another, ['--static-oauth-client-metadata', JSON.stringify({ scope })])
    const connecting = host.connect()
    const url = await host.opened()
    expect(new URL(url).searchParams.get('scope')).toBe(scope)
    // On another machine: what this browser has agreed to for the session is not asked for again, and comes along.
    await visit(url, createBrowser())
    await connecting
    const { scopes } = JSON.parse(await callTool(host.client, 'whoami'))
    expect(scopes).toEqual(FIRST)
  })

  it.runIf(options.length === 0)(
    'registers anew when the server has forgotten it, and gets in at its next start (AS-DCR-07)',
    async () => {
      await hosts.at(-1)?.close()
      await loseRegistration(folder)
      const first = await start()
      // It never gets there: having registered anew, it waits for the sign-in that it had begun as the client it was before.
      void first.connect()
      await expect.poll(() => keptClientId(folder)).toMatch(/^client_[\w-]{22}$/)
      await first.close()
      const host = await start()
      const connecting = host.connect()
      await visit(await host.opened())
      await connecting
      const seen = JSON.parse(await callTool(host.client, 'whoami'))
      expect(seen).toMatchObject({ client_id: await keptClientId(folder), scopes: [...FIRST, WRITE] })
    },
  )
})
