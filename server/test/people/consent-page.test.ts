import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textOf } from '../pages/markup.ts'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { boxesOf } from '../setup/browser.ts'
import { authorization, REDIRECT, register } from '../setup/flow.ts'
import { createPerson, offeredScopes, type Place, signIn, tickedScopes } from './person.ts'

const WEB = 'https://app.example.com/callback'
const ALL = 'mcp:repositories:list mcp:issue:read mcp:issue:create mcp:url:fetch mcp:branch:delete mcp:secret:rotate'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { clients: [{ id: 'app', name: 'Known App', redirectUris: [WEB] }] } })
  await server.store.resources.add({
    id: 'every-class',
    uri: 'https://mcp.example.com/all',
    name: 'Every class',
    aliases: [],
    tools: EVERY_CLASS,
    accessTokenSeconds: undefined,
    source: 'cli',
  })
})
afterAll(() => server.close())

const EVERY_CLASS = {
  scopes: {
    'mcp:repositories:list': { class: 'discovery', description: 'See the list of repositories' },
    'mcp:issue:read': { class: 'read', description: 'Read issues' },
    'mcp:issue:create': { class: 'write', description: 'Create issues' },
    'mcp:url:fetch': { class: 'external-network', description: 'Fetch pages' },
    'mcp:branch:delete': { class: 'destructive', description: 'Delete branches' },
    'mcp:secret:rotate': { class: 'admin', description: 'Rotate secrets' },
  },
  tools: {
    issue_read: { scopes: ['mcp:issue:read'] },
    issue_create: { scopes: ['mcp:issue:create'] },
    url_fetch: { scopes: ['mcp:url:fetch'] },
  },
}

async function pageFor(clientId: string, overrides: Record<string, string | undefined> = {}): Promise<Place> {
  return signIn(createPerson(server), authorization(server, clientId, overrides).url)
}

describe('the consent page', () => {
  it('AS-CON-01, AS-CON-02, AS-CON-03, AS-CON-04: says who asks, how well it is known, for what, and where the answer goes', async () => {
    const clientId = await register(server, { client_name: 'Acme IDE' })
    const { html } = await pageFor(clientId)
    const text = textOf(html)
    expect(text).toContain('signed in as alice')
    expect(text).toContain('Allow Acme IDE to use Demo?')
    expect(text).toMatch(/unverified/)
    expect(text).toContain(RESOURCE)
    expect(text).toContain('127.0.0.1:51234, a program on this computer')
    expect(text).toContain('Did you start this from Acme IDE just now?')
    expect(text).toContain('See the list of repositories')
    expect(text).toContain('Read issues')
    expect(text).toContain(clientId)
    expect(text).toContain(REDIRECT)
  })

  it('AS-CON-03: names a client of the operator as such, and does not warn about it', async () => {
    const text = textOf((await pageFor('app', { redirect_uri: WEB })).html)
    expect(text).toContain('Known App')
    expect(text).toContain('pre-registered by your administrator')
    expect(text).toContain('app.example.com')
    expect(text).not.toContain('unverified')
    expect(text).not.toContain('Did you start this')
  })

  it('AS-RED-06: names the app behind a private-use scheme', async () => {
    const redirect = 'cursor://anysphere.cursor-mcp/oauth/callback'
    const clientId = await register(server, { redirect_uris: [redirect] })
    const text = textOf((await pageFor(clientId, { redirect_uri: redirect })).html)
    expect(text).toContain('the app cursor:')
    expect(text).toContain('Other programs can open cursor: links too')
  })

  it('offers the standing classes only: discovery, read and write ticked, the network not', async () => {
    const clientId = await register(server)
    const { html } = await pageFor(clientId, { scope: ALL, resource: 'https://mcp.example.com/all' })
    expect(boxesOf(html, 'scope')).toEqual([
      { value: 'mcp:repositories:list', checked: true },
      { value: 'mcp:issue:read', checked: true },
      { value: 'mcp:issue:create', checked: true },
      { value: 'mcp:url:fetch', checked: false },
    ])
  })

  it('AS-SC-02: drops what does not exist there, and offers what does', async () => {
    const clientId = await register(server)
    const { html } = await pageFor(clientId, { scope: 'openid profile mcp:issue:read offline_access mcp:none' })
    expect(offeredScopes(html)).toEqual(['mcp:issue:read'])
  })

  it('says when the server was chosen for the client', async () => {
    const one = await startTestServer()
    const person = createPerson(one)
    const url = authorization(one, await register(one), { resource: undefined }).url
    const page = await signIn(person, url)
    expect(textOf(page.html)).toContain('did not say which server it wants')
    expect(textOf((await pageFor(await register(server))).html)).not.toContain('did not say which server')
    await one.close()
  })

  it('A23, AS-CON-03: a client name full of markup and a state full of markup stay words', async () => {
    const name = '"><img src=x onerror=alert(1)></b><script>alert(2)</script>\u202Eevil'
    const clientId = await register(server, { client_name: name })
    const person = createPerson(server)
    const url = authorization(server, clientId, { state: '"><script>alert(3)</script>' }).url
    const pages = [await person.open(url), await signIn(person, url)]
    for (const { html } of pages) {
      expect(html).not.toMatch(/<(img|script)/)
      expect(html).not.toContain('alert(3)')
      expect(html).not.toContain('\u202E')
      expect(html).toContain('&lt;img src=x')
    }
  })

  it('AS-AZ-13, A28, A38, AS-OPS-02: cannot be framed, kept, or read from a referrer', async () => {
    const { headers, html } = await pageFor(await register(server))
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(html).not.toMatch(/(src|href)="https?:/)
  })

  it('A29: opened twice, the form of either works', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, await register(server)).url)
    await person.open(page.url)
    const { callback } = await person.submit(page, { decision: 'allow', scope: tickedScopes(page.html) })
    expect(callback?.has('code')).toBe(true)
  })
})
