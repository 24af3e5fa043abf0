import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textOf } from '../pages/markup.ts'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { boxesOf, createBrowser } from '../setup/browser.ts'
import { authorization, redeem, register } from '../setup/flow.ts'
import { createPerson, decide, offeredScopes, type Person, signIn } from './person.ts'

const WEB = 'https://app.example.com/callback'
const OTHER_WEB = 'https://app.example.org/callback'
const OTHER_RESOURCE = 'https://mcp.example.com/other'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  const other = { id: 'other', uri: OTHER_RESOURCE, name: 'Other', aliases: [], source: 'cli' as const }
  await server.store.resources.add({ ...other, tools: TOOLS, accessTokenSeconds: undefined })
})
afterAll(() => server.close())

type Overrides = Record<string, string | undefined>

/** The first authorization of a client, agreed to as it comes. */
async function agreeOnce(clientId: string, overrides: Overrides = {}): Promise<Person> {
  const person = createPerson(server)
  const { callback } = await decide(person, await signIn(person, authorization(server, clientId, overrides).url))
  expect(callback?.has('code')).toBe(true)
  return person
}

let known = 0

/** A client that the operator registered. */
async function knownClient(): Promise<string> {
  known += 1
  const id = `app-${known}`
  const metadata = { client_name: 'Known App', redirect_uris: [WEB, OTHER_WEB], token_endpoint_auth_method: 'none' }
  await server.store.clients.add({ id, source: 'cli', metadata })
  return id
}

const app = (overrides: Overrides = {}): Overrides => ({ redirect_uri: WEB, scope: 'mcp:issue:read', ...overrides })

describe('a second authorization', () => {
  it('AS-CON-08, A31: of a program on this computer shows a page with one click, and nothing to choose', async () => {
    const clientId = await register(server)
    const person = await agreeOnce(clientId)
    const page = await person.open(authorization(server, clientId).url)
    expect(page.url).toMatch(/\/consent$/)
    expect([boxesOf(page.html, 'scope'), boxesOf(page.html, 'duration')]).toEqual([[], []])
    expect(textOf(page.html)).toContain('It asks for nothing new')
    expect((await person.submit(page, { decision: 'allow' })).callback?.has('code')).toBe(true)
  })

  it('A31: of a site that registered itself shows a page, also when another site sent the browser', async () => {
    const clientId = await register(server, { redirect_uris: ['https://unknown.example/cb'] })
    const overrides = { redirect_uri: 'https://unknown.example/cb' }
    const person = await agreeOnce(clientId, overrides)
    const { url } = authorization(server, clientId, overrides)
    expect((await person.open(url)).url).toMatch(/\/consent$/)
    const cookie = [...person.browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ')
    const headers = { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    const answer = await fetch(url, { headers, redirect: 'manual' })
    expect(answer.headers.get('location')).toMatch(/\/consent$/)
  })

  it('AS-CON-06: of a site that the operator registered passes without a page', async () => {
    const appId = await knownClient()
    const person = await agreeOnce(appId, app())
    const { callback } = await person.open(authorization(server, appId, app()).url)
    expect(callback?.has('code')).toBe(true)
  })

  it('passes no more without a page when the client does not name the server', async () => {
    const one = await startTestServer({ settings: { clients: [{ id: 'app', name: 'Known', redirectUris: [WEB] }] } })
    const person = createPerson(one)
    await decide(person, await signIn(person, authorization(one, 'app', app()).url))
    for (const resource of [undefined, '']) {
      const page = await person.open(authorization(one, 'app', app({ resource })).url)
      expect(page.url).toMatch(/\/consent$/)
      expect(textOf(page.html)).toContain('did not say which server it wants')
    }
    await one.close()
  })

  it('A32, AS-CON-06: to another registered redirect is asked about once, and then known', async () => {
    const appId = await knownClient()
    const person = await agreeOnce(appId, app({ scope: 'mcp:repositories:list' }))
    const { url } = authorization(server, appId, app({ scope: 'mcp:repositories:list', redirect_uri: OTHER_WEB }))
    const page = await person.open(url)
    expect(textOf(page.html)).toContain('app.example.org')
    expect((await person.submit(page, { decision: 'allow' })).callback?.has('code')).toBe(true)
    expect((await person.open(url)).callback?.has('code')).toBe(true)
    const first = authorization(server, appId, app({ scope: 'mcp:repositories:list' }))
    expect((await person.open(first.url)).callback?.has('code')).toBe(true)
  })

  it('A32: for another server is asked about from the start', async () => {
    const appId = await knownClient()
    const person = await agreeOnce(appId, app())
    const page = await person.open(authorization(server, appId, app({ resource: OTHER_RESOURCE })).url)
    expect(offeredScopes(page.html)).toEqual(['mcp:issue:read'])
    expect(textOf(page.html)).toContain(OTHER_RESOURCE)
  })

  it('A32, AS-CON-10: for more shows only what is new as boxes, and what is kept to read', async () => {
    const appId = await knownClient()
    const person = await agreeOnce(appId, app())
    const { url } = authorization(server, appId, app({ scope: 'mcp:issue:read mcp:issue:create' }))
    const page = await person.open(url)
    expect(offeredScopes(page.html)).toEqual(['mcp:issue:create'])
    expect(textOf(page.html)).toContain('Already allowed')
    expect(textOf(page.html)).toContain('Read issues')
  })

  it('AS-SC-03: the union is kept: what was agreed in two steps passes in one', async () => {
    const clientId = await knownClient()
    const person = await agreeOnce(clientId, app())
    const wider = await person.open(authorization(server, clientId, app({ scope: 'mcp:issue:create' })).url)
    await decide(person, wider)
    const request = authorization(server, clientId, app({ scope: 'mcp:issue:read mcp:issue:create' }))
    const { callback } = await person.open(request.url)
    const { body } = await redeem(server, request, callback?.get('code') ?? '', { redirect_uri: WEB })
    expect(body.scope).toBe('mcp:issue:read mcp:issue:create')
  })

  it('knows from another browser what was agreed', async () => {
    const appId = await knownClient()
    await agreeOnce(appId, app())
    const elsewhere = createPerson(server, createBrowser())
    const { callback } = await signIn(elsewhere, authorization(server, appId, app()).url)
    expect(callback?.has('code')).toBe(true)
  })

  it('of another person knows nothing of the first', async () => {
    const appId = await knownClient()
    await agreeOnce(appId, app())
    const { hashPassword } = await import('../../src/store/password.ts')
    await server.store.accounts.add({ login: 'carol', name: 'Carol', passwordHash: await hashPassword('carol-carol') })
    const credentials = { login: 'carol', password: 'carol-carol' }
    const page = await signIn(createPerson(server), authorization(server, appId, app()).url, credentials)
    expect(offeredScopes(page.html)).toEqual(['mcp:issue:read'])
  })

  it('AS-AZ-16: prompt=consent shows the page, although nothing is new', async () => {
    const appId = await knownClient()
    const person = await agreeOnce(appId, app())
    const page = await person.open(authorization(server, appId, app({ prompt: 'consent' })).url)
    expect(page.url).toMatch(/\/consent$/)
    expect((await person.submit(page, { decision: 'allow' })).callback?.has('code')).toBe(true)
  })

  it('AS-AZ-16: prompt=none passes where no page is needed, and says so where one is', async () => {
    const appId = await knownClient()
    const person = await agreeOnce(appId, app())
    const silent = await person.open(authorization(server, appId, app({ prompt: 'none' })).url)
    expect(silent.callback?.has('code')).toBe(true)
    const clientId = await register(server)
    const loopback = await agreeOnce(clientId)
    const refused = await loopback.open(authorization(server, clientId, { prompt: 'none' }).url)
    expect(refused.callback?.get('error')).toBe('interaction_required')
    const fresh = await loopback.open(
      authorization(server, clientId, { prompt: 'none', scope: 'mcp:issue:create' }).url,
    )
    expect(fresh.callback?.get('error')).toBe('consent_required')
  })

  it('is a grant of its own', async () => {
    const clientId = await register(server)
    const person = await agreeOnce(clientId)
    await decide(person, await person.open(authorization(server, clientId).url))
    const statement = {
      name: 'test grants and consents',
      text: `SELECT count(*)::int AS grants, count(DISTINCT consent_id)::int AS consents FROM grants WHERE client_id = $1`,
    }
    expect(await server.store.database.read(statement, [clientId])).toEqual([{ grants: 2, consents: 1 }])
  })

  describe('for less or something else than was agreed', () => {
    const all = { scope: 'mcp:issue:read mcp:issue:create' }
    const scopeOf = async (person: Person, clientId: string, overrides: Overrides): Promise<string> => {
      const request = authorization(server, clientId, app(overrides))
      const { callback } = await signIn(person, request.url)
      const { body } = await redeem(server, request, callback?.get('code') ?? '', { redirect_uri: WEB })
      return String(body.scope)
    }

    it('AS-SC-03: asked for one more alone, reading goes along', async () => {
      const clientId = await knownClient()
      const person = await agreeOnce(clientId, app())
      const request = authorization(server, clientId, app({ scope: 'mcp:issue:create' }))
      const page = await person.open(request.url)
      expect(offeredScopes(page.html)).toEqual(['mcp:issue:create'])
      expect(textOf(page.html)).toContain('Already allowed (1)')
      const { callback } = await decide(person, page)
      const { body } = await redeem(server, request, callback?.get('code') ?? '', { redirect_uri: WEB })
      expect(body.scope).toBe('mcp:issue:create mcp:issue:read')
    })

    it('writing goes along in the browser session in which it was allowed', async () => {
      const clientId = await knownClient()
      const person = await agreeOnce(clientId, app(all))
      expect(await scopeOf(person, clientId, { scope: 'mcp:issue:read' })).toBe('mcp:issue:read mcp:issue:create')
    })

    it('writing does not come along on another machine, unless the client names it', async () => {
      const clientId = await knownClient()
      await agreeOnce(clientId, app(all))
      expect(await scopeOf(createPerson(server), clientId, { scope: 'mcp:issue:read' })).toBe('mcp:issue:read')
      expect(await scopeOf(createPerson(server), clientId, all)).toBe('mcp:issue:read mcp:issue:create')
    })

    it('what the resource no longer offers does not go along', async () => {
      const clientId = await knownClient()
      const person = await agreeOnce(clientId, app({ scope: 'mcp:repositories:list mcp:issue:read' }))
      const gone = `UPDATE consents SET scopes = scopes || '{"mcp:old:read": {"class": "read", "duration": "until_revoked", "endsAt": null}}'
        WHERE client_id = $1`
      await server.store.database.write({ name: 'test scope gone', text: gone }, [clientId])
      const scope = await scopeOf(person, clientId, { scope: 'mcp:issue:read' })
      expect(scope).toBe('mcp:issue:read mcp:repositories:list')
    })
  })

  it('names the resource as it stands in the registry, whatever spelling was sent', async () => {
    const clientId = await register(server)
    const person = await agreeOnce(clientId, { resource: 'http://127.0.0.1:9401' })
    const page = await person.open(authorization(server, clientId, { resource: `${RESOURCE}/` }).url)
    expect(offeredScopes(page.html)).toEqual([])
    expect(textOf(page.html)).toContain(RESOURCE)
  })
})
