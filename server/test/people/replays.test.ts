import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import { type Authorization, authorization, redeem, refresh, register } from '../setup/flow.ts'
import { createPerson, decide, type Person, type Place, signIn } from './person.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const YES = { decision: 'allow', scope: 'mcp:issue:read' }
const resumeOf = (page: Place): string => page.url.replace(/\/(sign-in|consent)$/, '')

async function grants(clientId: string): Promise<number> {
  const statement = { name: 'test grants', text: 'SELECT count(*)::int AS count FROM grants WHERE client_id = $1' }
  const [row] = await server.store.database.read<{ count: number }>(statement, [clientId])
  return row?.count ?? 0
}

/** The same browser as it is now, for what happens to it twice. */
function copyOf(person: Person): Person {
  const browser = createBrowser()
  for (const [key, cookie] of person.browser.cookies) browser.cookies.set(key, cookie)
  return createPerson(server, browser)
}

async function allowed(clientId: string): Promise<{ person: Person; page: Place; request: Authorization }> {
  const person = createPerson(server)
  const request = authorization(server, clientId)
  const page = await signIn(person, request.url)
  await person.post(page.url, { csrf: fieldOf(page.html, 'csrf'), ...YES })
  return { person, page, request }
}

function expectHelp(place: Place): void {
  expect(place).toMatchObject({ status: 400, callback: undefined })
  expect(place.headers.get('content-type')).toContain('text/html')
  expect(place.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(place.html).toContain('start again')
}

describe('a page that was used', () => {
  it('by its addresses leads to a page that says what to do', async () => {
    const { person, page } = await allowed(await register(server))
    expect((await person.open(resumeOf(page))).callback?.has('code')).toBe(true)
    for (const address of [page.url, `${resumeOf(page)}/continue`, resumeOf(page)]) {
      expectHelp(await person.open(address))
    }
    const again = await person.post(page.url, { csrf: fieldOf(page.html, 'csrf'), ...YES })
    expect(again.status).toBe(400)
  })

  it('goes on to the same code when the browser asks twice, because the first answer was slow or lost', async () => {
    const clientId = await register(server)
    const { person, page, request } = await allowed(clientId)
    const kept = copyOf(person)
    const first = (await person.open(resumeOf(page))).callback
    const second = (await kept.open(resumeOf(page))).callback
    expect(second?.get('code')).toBe(first?.get('code'))
    expect(second?.get('state')).toBe(request.state)
    expect(await redeem(server, request, first?.get('code') ?? '')).toMatchObject({ status: 200 })
  })

  it('I5: gives no second code to a browser that kept its cookies, and hurts nothing that came of the first', async () => {
    const clientId = await register(server)
    const { person, page, request } = await allowed(clientId)
    const kept = copyOf(person)
    const { callback } = await person.open(resumeOf(page))
    const { body } = await redeem(server, request, callback?.get('code') ?? '')
    expectHelp(await kept.open(resumeOf(page)))
    expect(await grants(clientId)).toBe(1)
    expect(await refresh(server, clientId, String(body.refresh_token))).toMatchObject({ status: 200 })
  })

  it('I5: gives one code to twenty that go on at once', async () => {
    const clientId = await register(server)
    const { person, page } = await allowed(clientId)
    const places = await Promise.all(Array.from({ length: 20 }, () => copyOf(person).open(resumeOf(page))))
    const codes = new Set(places.map(({ callback }) => callback?.get('code')))
    expect([...codes]).toEqual([expect.any(String)])
    expect(await grants(clientId)).toBe(1)
  })

  it('before a decision asks again instead of going on', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, await register(server)).url)
    const place = await person.open(resumeOf(page))
    expect(place.url).toMatch(/\/consent$/)
    expect(place.url).not.toBe(page.url)
  })
})

describe('an interaction', () => {
  it('that waited too long leads to a page, whatever is done with it', async () => {
    const quick = await startTestServer({ lifetimes: { interactionSeconds: 1 } })
    const person = createPerson(quick)
    const page = await person.open(authorization(quick, await register(quick)).url)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expectHelp(await person.open(page.url))
    expectHelp(await person.open(resumeOf(page)))
    const form = { csrf: fieldOf(page.html, 'csrf'), login: 'alice', password: PASSWORD }
    expect((await person.post(page.url, form)).status).toBe(400)
    await quick.close()
  })

  it('that asks for a sign-in shows no consent page to who is signed in already', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    await signIn(person, authorization(server, clientId).url)
    const asked = await person.open(authorization(server, clientId, { prompt: 'login' }).url)
    const consent = asked.url.replace('/sign-in', '/consent')
    expect((await person.open(consent)).url).toBe(asked.url)
    const posted = await person.post(consent, { csrf: fieldOf(asked.html, 'csrf'), ...YES })
    expect(posted.status).toBe(400)
    expect(await grants(clientId)).toBe(0)
  })

  it('that asks for consent shows no sign-in page', async () => {
    const person = createPerson(server)
    const page = await signIn(person, authorization(server, await register(server)).url)
    expect((await person.open(page.url.replace('/consent', '/sign-in'))).url).toBe(page.url)
  })

  it('too large for a cookie works from end to end, and gives back the whole state', async () => {
    const state = Buffer.from(crypto.getRandomValues(new Uint8Array(2_400))).toString('base64url')
    const scope = `mcp:issue:read ${Array.from({ length: 60 }, (_, i) => `mcp:other-${i}:read`).join(' ')}`
    const person = createPerson(server)
    const request = authorization(server, await register(server), { state, scope })
    const asked = await person.open(request.url)
    const cookie = [...person.browser.cookies.values()].find(({ name }) => name === 'sallyport_state')
    expect(cookie?.value.length).toBeLessThan(100)
    const refused = await person.submit(asked, { login: 'alice', password: 'wrong' })
    expect(refused.status).toBe(401)
    const page = await person.submit(refused, { login: 'alice', password: PASSWORD })
    const { callback } = await decide(person, page)
    expect(callback?.get('state')).toBe(state)
    expect(await redeem(server, request, callback?.get('code') ?? '')).toMatchObject({ status: 200 })
  })
})
