import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import * as password from '../../src/store/password.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { authorization, register } from '../setup/flow.ts'
import { createPerson, decide, type Person, signIn } from './person.ts'

const verifications = vi.hoisted(() => ({ count: 0 }))
vi.mock('../../src/store/password.ts', async (original) => {
  const real = await original<typeof password>()
  return {
    ...real,
    verifyPassword: (...of: Parameters<typeof real.verifyPassword>) => {
      verifications.count += 1
      return real.verifyPassword(...of)
    },
  }
})

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
  const passwordHash = await password.hashPassword(PASSWORD)
  for (const login of ['bob', 'gone']) await server.store.accounts.add({ login, name: login, passwordHash })
  await server.store.accounts.disable('gone')
})
afterAll(() => server.close())

const ask = (overrides: Record<string, string> = {}): string => authorization(server, clientId, overrides).url

/** What differs between two answers for reasons of the request, not of the person. */
function comparable(html: string): string {
  return html.replaceAll(/req_[\w-]+|\/authorize\/[\w-]+|value="[^"]*"/g, '…')
}

describe('sign-in', () => {
  it('answers a wrong password, an unknown login and a disabled account alike, after the same work', async () => {
    const answers = []
    for (const [login, secret] of [
      ['alice', 'wrong'],
      ['nobody', PASSWORD],
      ['gone', PASSWORD],
    ] as const) {
      const person = createPerson(server)
      verifications.count = 0
      const place = await signIn(person, ask(), { login, password: secret })
      expect(fieldOf(place.html, 'login')).toBe(login)
      answers.push({ status: place.status, html: comparable(place.html), work: verifications.count })
    }
    expect(answers[0]).toMatchObject({ status: 401, work: 1 })
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
  })

  it('tells the operator where a refused try came from, and nothing that was typed [A35]', async () => {
    server.logged.length = 0
    await signIn(createPerson(server), ask(), { login: 'my-password-in-the-wrong-box', password: 'hunter-2-typed' })
    expect(server.logged.filter(({ message }) => message === 'sign-in refused')).toEqual([
      {
        level: 'warn',
        message: 'sign-in refused',
        detail: { address: '127.0.0.1', correlationId: expect.stringMatching(/^req_/), code: 'SALLYPORT_E_SIGN_IN' },
      },
    ])
    expect(JSON.stringify(server.logged)).not.toMatch(/wrong-box|hunter/)
  })

  it('keeps the login and never the password of a refused try', async () => {
    const place = await signIn(createPerson(server), ask(), { login: 'alice', password: 'hunter-2-typed' })
    expect(place.html).not.toContain('hunter-2-typed')
    expect(place.html).toContain('role="alert"')
  })

  it('hashes nothing for an empty or an endless password', async () => {
    verifications.count = 0
    for (const secret of ['', 'x'.repeat(1_025)]) {
      expect((await signIn(createPerson(server), ask(), { password: secret })).status).toBe(401)
    }
    expect(verifications.count).toBe(0)
  })

  it('A27, AS-CON-05, AS-OPS-04: refuses a form without the token of its page, and signs nobody in', async () => {
    const person = createPerson(server)
    const page = await person.open(ask())
    const stranger = await createPerson(server).open(ask())
    for (const csrf of ['', 'forged', fieldOf(stranger.html, 'csrf')]) {
      expect((await person.post(page.url, { login: 'alice', password: PASSWORD, csrf })).status).toBe(403)
    }
    expect((await person.open(ask())).url).toMatch(/\/sign-in$/)
  })

  it('A37, AS-AZ-12: answers the form with 303', async () => {
    const person = createPerson(server)
    const page = await person.open(ask())
    const answer = await person.post(page.url, {
      csrf: fieldOf(page.html, 'csrf'),
      login: 'alice',
      password: PASSWORD,
    })
    expect(answer.status).toBe(303)
  })

  it('is not asked again in the same browser', async () => {
    const person = createPerson(server)
    await signIn(person, ask())
    const second = await person.open(ask())
    expect(second.url).toMatch(/\/consent$/)
    expect(second.html).toContain('alice')
  })

  it('AS-AZ-16: prompt=login asks again, and leads on for the same person', async () => {
    const person = createPerson(server)
    await signIn(person, ask())
    const again = await person.open(ask({ prompt: 'login' }))
    expect(again.url).toMatch(/\/sign-in$/)
    const place = await person.submit(again, { login: 'alice', password: PASSWORD })
    expect(place.url).toMatch(/\/consent$/)
    expect((await decide(person, place)).callback?.has('code')).toBe(true)
  })

  it('AS-AZ-16: max_age=0 asks again, although the person is signed in', async () => {
    const person = createPerson(server)
    await signIn(person, ask())
    expect((await person.open(ask({ max_age: '60' }))).url).toMatch(/\/consent$/)
    const again = await person.open(ask({ max_age: '0' }))
    expect(again.url).toMatch(/\/sign-in$/)
    const place = await person.submit(again, { login: 'alice', password: PASSWORD })
    expect((await decide(person, place)).callback?.has('code')).toBe(true)
  })

  it('AS-AZ-16, AS-AZ-11: prompt=none without a sign-in ends on a page that says login_required', async () => {
    const { status, callback, html } = await createPerson(server).open(ask({ prompt: 'none' }))
    expect({ status, callback }).toEqual({ status: 400, callback: undefined })
    expect(html).toContain('<code>login_required</code>')
  })

  it('prompt=login as another person ends in pages without a script, signed in as that person', async () => {
    const person = createPerson(server)
    await signIn(person, ask())
    const again = await person.open(ask({ prompt: 'login' }))
    const place = await person.submit(again, { login: 'bob', password: PASSWORD })
    expect(place.url).toMatch(/\/consent$/)
    expect(signedInAs(place.html)).toBe('bob')
    expect(place.html).not.toContain('<script')
  })

  it('as another person works when somebody signed in meanwhile in another tab', async () => {
    const person = createPerson(server)
    const [first, second] = [await person.open(ask()), await person.open(ask())]
    const posted = await person.post(first.url, {
      csrf: fieldOf(first.html, 'csrf'),
      login: 'alice',
      password: PASSWORD,
    })
    const place = await person.submit(second, { login: 'bob', password: PASSWORD })
    expect(signedInAs(place.html)).toBe('bob')
    const late = await goOn(person, posted)
    expect(late).toMatchObject({ status: 200 })
    expect(signedInAs(late.html)).toBe('alice')
  })

  it('"Not you?" signs out and asks for another person, for the same request', async () => {
    const person = createPerson(server)
    const request = authorization(server, clientId)
    const page = await signIn(person, request.url)
    const asked = await decide(person, page, { decision: 'switch' })
    expect(asked.url).toMatch(/\/sign-in$/)
    const place = await person.submit(asked, { login: 'bob', password: PASSWORD })
    expect(signedInAs(place.html)).toBe('bob')
    const { callback } = await decide(person, place)
    expect(callback?.get('state')).toBe(request.state)
  })

  it('"Not you?" on an old page does not sign out who came after', async () => {
    const person = createPerson(server)
    const old = await signIn(person, ask())
    await person.submit(await person.open(ask({ prompt: 'login' })), { login: 'bob', password: PASSWORD })
    const place = await decide(person, old, { decision: 'switch' })
    expect(place.url).toMatch(/\/consent$/)
    expect(signedInAs(place.html)).toBe('bob')
  })

  it('names the app on the page that moves on only once the person has decided', async () => {
    const person = createPerson(server)
    const page = await person.open(ask())
    const form = { csrf: fieldOf(page.html, 'csrf'), login: 'alice', password: PASSWORD }
    await person.post(page.url, form)
    const between = await person.open(page.url.replace('/sign-in', '/continue'))
    expect(between.html).toContain('One moment')
    const consent = await person.open(page.url.replace('/sign-in', ''))
    await person.post(consent.url, { csrf: fieldOf(consent.html, 'csrf'), decision: 'deny' })
    expect((await person.open(consent.url.replace('/consent', '/continue'))).html).toContain('Back to')
  })

  it('tells when the person signed in, not when the person agreed', async () => {
    const person = createPerson(server)
    const page = await signIn(person, ask())
    const before = Math.floor(Date.now() / 1000)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await decide(person, page)
    const [row] = await server.store.database.read<{ auth_time: number }>(
      {
        name: 'test code',
        text: `SELECT (payload->>'authTime')::int AS auth_time FROM authorization_codes ORDER BY expires_at DESC LIMIT 1`,
      },
      [],
    )
    expect(row?.auth_time).toBeLessThanOrEqual(before)
  })
})

function signedInAs(html: string): string | undefined {
  return html.match(/signed in as <bdi>([^<]*)<\/bdi>/)?.[1]
}

async function goOn(person: Person, answer: Response) {
  const page = await person.open(new URL(answer.headers.get('location') ?? '', server.origin).href)
  const next = page.html.match(/href="([^"]*)"[^>]*>Continue|rel="next" href="([^"]*)"/)
  return person.open(new URL(next?.[1] ?? next?.[2] ?? '', server.origin).href)
}
