import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { boxesOf, fieldOf } from '../setup/browser.ts'
import { authorization, redeem, register } from '../setup/flow.ts'
import { createPerson, decide, offeredScopes, signIn, tickedScopes } from './person.ts'

const READ_AND_WRITE = 'mcp:repositories:list mcp:issue:read mcp:issue:create'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

async function rows(table: 'consents' | 'grants', clientId: string): Promise<number> {
  const statement = { name: `test ${table}`, text: `SELECT count(*)::int AS count FROM ${table} WHERE client_id = $1` }
  const [row] = await server.store.database.read<{ count: number }>(statement, [clientId])
  return row?.count ?? 0
}

async function events(clientId: string): Promise<unknown[]> {
  const statement = {
    name: 'test events',
    text: `SELECT type, outcome, detail->'scopes' AS scopes FROM audit_events WHERE client_id = $1 AND type LIKE 'consent.%' ORDER BY at`,
  }
  return server.store.database.read(statement, [clientId])
}

describe('the decision of a person', () => {
  it('AS-CON-09: what is unticked is not in the token, and scope says so; nothing asks again in the same request', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const request = authorization(server, clientId, { scope: READ_AND_WRITE })
    const page = await signIn(person, request.url)
    const { callback } = await decide(person, page, { scopes: ['mcp:issue:read'] })
    const { body } = await redeem(server, request, callback?.get('code') ?? '')
    expect(body.scope).toBe('mcp:issue:read')
    expect(decodeJwt(String(body.access_token)).scope).toBe('mcp:issue:read')
    const again = await person.open(request.url)
    expect(offeredScopes(again.html)).toEqual(['mcp:repositories:list', 'mcp:issue:create'])
  })

  it('a scope that was not offered cannot be added by hand', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const request = authorization(server, clientId, { scope: 'mcp:issue:read' })
    const page = await signIn(person, request.url)
    const { callback } = await decide(person, page, {
      scopes: ['mcp:issue:read', 'mcp:issue:create', 'mcp:branch:delete'],
    })
    const { body } = await redeem(server, request, callback?.get('code') ?? '')
    expect(body.scope).toBe('mcp:issue:read')
  })

  it('with nothing ticked the page comes again as it was left, and says why', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, await register(server)).url)
    const again = await decide(person, page, { scopes: [], duration: 'session' })
    expect(again).toMatchObject({ status: 400, url: page.url })
    expect(again.html).toContain('Choose at least one permission, or deny.')
    expect(tickedScopes(again.html)).toEqual([])
    expect(boxesOf(again.html, 'duration').find(({ checked }) => checked)?.value).toBe('session')
    const scopes = ['mcp:issue:read']
    expect((await decide(person, again, { scopes })).callback?.has('code')).toBe(true)
  })

  it('AS-SC-08, AS-AZ-07, AS-AZ-08: no goes back as access_denied with iss and state, and leaves nothing', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const request = authorization(server, clientId)
    const { callback } = await decide(person, await signIn(person, request.url), { decision: 'deny' })
    expect(callback && Object.fromEntries(callback)).toMatchObject({
      error: 'access_denied',
      state: request.state,
      iss: server.issuer,
    })
    expect(callback?.has('code')).toBe(false)
    expect([await rows('consents', clientId), await rows('grants', clientId)]).toEqual([0, 0])
  })

  it('anything but a clear yes is a no', async () => {
    const clientId = await register(server)
    for (const decision of ['', 'ALLOW', 'yes', '1']) {
      const person = createPerson(server)
      const page = await signIn(person, authorization(server, clientId).url)
      const { callback } = await person.submit(page, { decision, scope: 'mcp:issue:read' })
      expect(callback?.get('error')).toBe('access_denied')
    }
    expect(await rows('consents', clientId)).toBe(0)
  })

  it('AS-OPS-05: yes and no are each one event with the scopes they were about', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const { url } = authorization(server, clientId)
    await decide(person, await signIn(person, url), { decision: 'deny' })
    await decide(person, await person.open(url), { scopes: ['mcp:issue:read'] })
    expect(await events(clientId)).toEqual([
      { type: 'consent.refused', outcome: 'refused', scopes: ['mcp:repositories:list', 'mcp:issue:read'] },
      { type: 'consent.given', outcome: 'allowed', scopes: ['mcp:issue:read'] },
    ])
  })

  it('AS-AZ-12, AS-AZ-15: goes by 303 to a page of status 200, and from there by 303 to the client', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, await register(server)).url)
    const posted = await person.post(page.url, {
      csrf: fieldOf(page.html, 'csrf'),
      decision: 'allow',
      scope: 'mcp:issue:read',
    })
    expect(posted.status).toBe(303)
    const moving = await person.open(new URL(posted.headers.get('location') ?? '', server.origin).href)
    expect(moving.status).toBe(200)
    expect(moving.html).not.toContain('code=')
    const last = await person.browser.get(page.url.replace(/\/consent$/, ''))
    expect(last.status).toBe(303)
    expect(last.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:51234\/callback\?code=/)
  })

  it('a double click on Allow is one decision', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, clientId).url)
    const click = () =>
      person.post(page.url, { csrf: fieldOf(page.html, 'csrf'), decision: 'allow', scope: 'mcp:issue:read' })
    const answers = await Promise.all([click(), click()])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    const place = await person.open(page.url.replace(/\/consent$/, ''))
    expect(place.callback?.has('code')).toBe(true)
    expect(await rows('grants', clientId)).toBe(1)
  })
})
