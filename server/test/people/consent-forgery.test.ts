import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import { authorization, register } from '../setup/flow.ts'
import { createPerson, decide, type Person, type Place, signIn } from './person.ts'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

const YES = { decision: 'allow', scope: 'mcp:issue:read' }

async function pending(person: Person, overrides: Record<string, string> = {}): Promise<Place> {
  return signIn(person, authorization(server, clientId, overrides).url)
}

async function consents(): Promise<number> {
  const statement = { name: 'test all consents', text: 'SELECT count(*)::int AS count FROM consents' }
  const [row] = await server.store.database.read<{ count: number }>(statement, [])
  return row?.count ?? 0
}

/** Another browser that was told some of the cookies. */
function stealing(person: Person, which: (name: string) => boolean): Person {
  const browser = createBrowser()
  for (const [key, cookie] of person.browser.cookies) if (which(cookie.name)) browser.cookies.set(key, cookie)
  return createPerson(server, browser)
}

describe('a forged consent', () => {
  it('A27, AS-CON-05: without its own token gets 403 and gives nothing', async () => {
    const person = createPerson(server)
    const page = await pending(person)
    const sibling = await pending(person)
    const stranger = await pending(createPerson(server))
    const tokens = [undefined, '', 'forged', ...[sibling, stranger].map(({ html }) => fieldOf(html, 'csrf'))]
    for (const csrf of tokens) {
      const answer = await person.post(page.url, { ...YES, ...(csrf === undefined ? {} : { csrf }) })
      expect(answer.status).toBe(403)
      expect(answer.headers.get('content-type')).toContain('text/html')
    }
    const asJson = await fetch(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookiesFor(person, page.url) },
      body: JSON.stringify({ ...YES, csrf: fieldOf(page.html, 'csrf') }),
    })
    expect(asJson.status).toBe(403)
    expect(await consents()).toBe(0)
  })

  it('A30: from a second browser without the cookies is refused, and so is its way back to the client', async () => {
    const person = createPerson(server)
    const page = await pending(person)
    const second = createPerson(server)
    const csrf = fieldOf(page.html, 'csrf')
    expect((await second.open(page.url)).status).toBe(400)
    expect((await second.post(page.url, { ...YES, csrf })).status).toBe(400)
    expect(await consents()).toBe(0)
    await person.post(page.url, { ...YES, csrf })
    const resumed = await second.open(page.url.replace(/\/consent$/, ''))
    expect(resumed).toMatchObject({ status: 400, callback: undefined })
  })

  it('A30: a browser that is signed in itself cannot finish what another began', async () => {
    const page = await pending(createPerson(server))
    const second = createPerson(server)
    await pending(second)
    expect((await second.post(page.url, { ...YES, csrf: fieldOf(page.html, 'csrf') })).status).toBe(400)
  })

  it('A30: who knows the address of a request too large for a cookie knows nothing', async () => {
    const person = createPerson(server)
    const page = await pending(person, { state: incompressible(6_000) })
    const stranger = createBrowser()
    for (const value of ['row', 'row.', 'row.guess', '']) {
      stranger.cookies.set('state', { name: 'sallyport_state', value, path: '/' })
      const seen = await createPerson(server, stranger).open(page.url)
      expect(seen.status).toBe(400)
      expect(seen.html).not.toContain('alice')
    }
    const { callback } = await decide(person, page)
    expect(callback?.has('code')).toBe(true)
  })

  it('A17: the state of another request, or of another client, put in the place of its own leads to no code', async () => {
    const person = createPerson(server)
    const [mine, other] = [await pending(person), await pending(person, { state: 'other', scope: 'mcp:issue:create' })]
    const [uid, otherUid] = [mine, other].map(({ url }) => new URL(url).pathname.split('/')[2] ?? '')
    const swapped = createPerson(server)
    for (const [key, cookie] of person.browser.cookies) {
      const ofMine = [...person.browser.cookies.values()].find(
        ({ name, path }) => name === cookie.name && path.includes(uid ?? ''),
      )
      const isOther = cookie.path.includes(otherUid ?? '')
      swapped.browser.cookies.set(key, isOther && ofMine !== undefined ? { ...cookie, value: ofMine.value } : cookie)
    }
    const answer = await swapped.post(other.url, { ...YES, csrf: fieldOf(other.html, 'csrf') })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBeNull()
    expect((await swapped.open(other.url)).status).toBe(400)
  })

  it('the cookies of the request without those of the session lead to a page, not to a code', async () => {
    const person = createPerson(server)
    const page = await pending(person)
    await person.post(page.url, { ...YES, csrf: fieldOf(page.html, 'csrf') })
    const thief = stealing(person, (name) => !name.includes('session'))
    const place = await thief.open(page.url.replace(/\/consent$/, ''))
    expect(place.callback).toBeUndefined()
  })
})

function incompressible(length: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length)))
    .toString('base64url')
    .slice(0, length)
}

function cookiesFor(person: Person, url: string): string {
  const { pathname } = new URL(url)
  return [...person.browser.cookies.values()]
    .filter(({ path }) => path === '/' || pathname.startsWith(path))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}
