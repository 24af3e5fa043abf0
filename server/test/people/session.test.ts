import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import { authorization, register } from '../setup/flow.ts'
import { createPerson, decide, signIn } from './person.ts'

const SESSION = 'sallyport_session'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

const ask = (): string => authorization(server, clientId).url

/** The session cookies a browser holds now, as another browser would have to send them. */
function sessionCookie(person: ReturnType<typeof createPerson>): string {
  return [...person.browser.cookies.values()]
    .filter(({ name }) => name.startsWith(SESSION))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}

async function isSignedIn(cookie: string): Promise<boolean> {
  const page = await fetch(`${server.origin}/logout`, { headers: { cookie } })
  return (await page.text()).includes('signed in as')
}

/** Puts cookies into a browser as somebody who once held the machine could have done. */
function plant(cookie: string) {
  const browser = createBrowser()
  for (const pair of cookie.split('; ')) {
    const [name = '', value = ''] = pair.split('=')
    browser.cookies.set(`${name} /`, { name, value, path: '/' })
  }
  return createPerson(server, browser)
}

describe('the session of a browser', () => {
  it('A33: has no cookie before sign-in and another id after each authorization', async () => {
    const person = createPerson(server)
    await person.open(ask())
    expect(sessionCookie(person)).toBe('')
    const page = await signIn(person, ask())
    const first = sessionCookie(person)
    await decide(person, page)
    const second = sessionCookie(person)
    expect(first).not.toBe('')
    expect(second).not.toBe(first)
    expect(await isSignedIn(second)).toBe(true)
  })

  it('A33: an id that was replaced is retired within half a minute', async () => {
    const person = createPerson(server)
    const page = await signIn(person, ask())
    await decide(person, page)
    const statement = {
      name: 'test retired ids',
      text: `SELECT count(*)::int AS kept, count(*) FILTER (WHERE expires_at < now() + interval '31 seconds')::int AS retired
        FROM session_ids i WHERE uid = (SELECT uid FROM sessions ORDER BY created_at DESC LIMIT 1)`,
    }
    const [ids] = await server.store.database.read<{ kept: number; retired: number }>(statement, [])
    expect(ids).toEqual({ kept: 2, retired: 1 })
  })

  it('A33, AS-OPS-04: an id that was planted before sign-in never becomes the one of the person', async () => {
    const attacker = createPerson(server)
    await signIn(attacker, ask())
    const over = sessionCookie(attacker)
    const page = await attacker.open(`${server.issuer}/logout`)
    await attacker.post(page.url, { csrf: fieldOf(page.html, 'csrf') })
    const sent = plant(over)
    await sent.open(ask())
    for (const planted of [over, sessionCookie(sent)]) {
      const victim = plant(planted)
      await signIn(victim, ask())
      expect(await isSignedIn(sessionCookie(victim))).toBe(true)
      expect(await isSignedIn(planted)).toBe(false)
    }
  })

  it('A34: ignores garbage, doubled and 8 KB cookies', async () => {
    const person = createPerson(server)
    await signIn(person, ask())
    const real = sessionCookie(person)
    const uid = new URL((await person.open(ask())).url).pathname.split('/')[2]
    const garbage = [
      `${SESSION}=%00%ff; ${SESSION}.sig=x`,
      `${SESSION}=${'a'.repeat(8_192)}; ${SESSION}.sig=${'b'.repeat(27)}`,
      `${SESSION}=; ${SESSION}.sig=`,
      `${SESSION}=forged; ${real}`,
      `sallyport_state=row; sallyport_resume=${uid}`,
      `sallyport_state=${'A'.repeat(8_000)}; sallyport_resume=${uid}; sallyport_interaction=${uid}`,
      ';;;=;,"',
    ]
    const addresses = [ask(), `${server.origin}/logout`, ...['', '/sign-in', '/consent', '/continue'].map(pageOf)]
    function pageOf(page: string): string {
      return `${server.origin}/authorize/${uid}${page}`
    }
    for (const cookie of garbage) {
      for (const address of addresses) {
        const answer = await fetch(address, { headers: { cookie }, redirect: 'manual' })
        expect([200, 303, 400]).toContain(answer.status)
        expect(answer.headers.get('content-type') ?? 'text/html').toContain('text/html')
      }
    }
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
  })
})
