import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { authorization, redeem, refresh, register } from '../setup/flow.ts'
import { createPerson, decide, type Person, type Place, signIn } from './person.ts'

const BOTH = ['mcp:issue:read', 'mcp:issue:create']
const NEW_PASSWORD = 'a quite different sentence'

const servers: TestServer[] = []
let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
  servers.push(server)
})
afterAll(() => Promise.all(servers.map((each) => each.close())))

const accountOf = (person: Person): Promise<Place> => person.open(`${server.issuer}/account`)

/** A person signed in at the account page, without any app. */
async function atAccount(person = createPerson(server)): Promise<{ person: Person; page: Place }> {
  const signInPage = await accountOf(person)
  return { person, page: await person.submit(signInPage, { login: 'alice', password: PASSWORD }) }
}

/** A client that the person allows to read and write. */
async function allow(person: Person, name: string) {
  const clientId = await register(server, { client_name: name })
  const request = authorization(server, clientId, { scope: BOTH.join(' ') })
  const { callback } = await decide(person, await signIn(person, request.url), { scopes: BOTH })
  const { body } = await redeem(server, request, callback?.get('code') ?? '')
  return { clientId, refreshToken: String(body.refresh_token) }
}

/** Presses a button of the account page: the first of its kind unless fields say which. */
async function press(person: Person, change: string, fields: Record<string, string> = {}): Promise<Place> {
  const page = await accountOf(person)
  const hidden = ['consent', 'scope', 'client'].map((name) => [name, fieldOf(page.html, name)])
  return person.submit(page, { ...Object.fromEntries(hidden), change, ...fields })
}

describe('/account', () => {
  it('asks who it is, and comes back to the account', async () => {
    const { page } = await atAccount()
    expect(page).toMatchObject({ status: 200, url: `${server.issuer}/account` })
    expect(page.html).toContain('You have allowed nothing that is still in force.')
  })

  it('is one sign-in with that of an authorization, in both directions', async () => {
    const { person } = await atAccount()
    const clientId = await register(server)
    expect((await person.open(authorization(server, clientId).url)).url).toMatch(/\/consent$/)
    const other = createPerson(server)
    await signIn(other, authorization(server, clientId).url)
    expect((await accountOf(other)).url).toBe(`${server.issuer}/account`)
  })

  it('shows each app, how it was verified, each server, each permission, and when it was used last (AS-CON-09)', async () => {
    const { person } = await atAccount()
    await allow(person, 'Desk')
    const { html } = await accountOf(person)
    for (const text of ['Desk', 'unverified', 'Read issues', 'Create issues', 'last used', '127.0.0.1:9401/mcp'])
      expect(html).toContain(text)
  })

  it('takes one permission back and leaves the app the others', async () => {
    const { person } = await atAccount()
    const { clientId, refreshToken } = await allow(person, 'Desk')
    const { html } = await press(person, 'permission', { scope: 'mcp:issue:create' })
    expect(html).not.toContain('Create issues')
    expect((await refresh(server, clientId, refreshToken)).body.scope).toBe('mcp:issue:read')
  })

  it('takes everything for one server back', async () => {
    const { person } = await atAccount()
    const { clientId, refreshToken } = await allow(person, 'Desk')
    const { html } = await press(person, 'server')
    expect(html).toContain('You have allowed nothing that is still in force.')
    expect((await refresh(server, clientId, refreshToken)).body.error).toBe('invalid_grant')
  })

  it('takes everything from one app back, and nothing from another', async () => {
    const { person } = await atAccount()
    const desk = await allow(person, 'Desk')
    const shelf = await allow(person, 'Shelf')
    await press(person, 'client', { client: desk.clientId })
    expect((await refresh(server, desk.clientId, desk.refreshToken)).body.error).toBe('invalid_grant')
    expect((await refresh(server, shelf.clientId, shelf.refreshToken)).status).toBe(200)
  })

  it('signs out everywhere, and leaves apps what they were allowed', async () => {
    const [one, other] = [await atAccount(), await atAccount()]
    const { clientId, refreshToken } = await allow(one.person, 'Desk')
    await press(one.person, 'sessions')
    for (const { person } of [one, other]) expect((await accountOf(person)).url).toMatch(/\/account\/sign-in$/)
    expect((await refresh(server, clientId, refreshToken)).status).toBe(200)
  })

  it('changes the password, which ends sessions and apps, and lets nobody in by the old one', async () => {
    const { person } = await atAccount()
    const { clientId, refreshToken } = await allow(person, 'Desk')
    const there = await press(person, 'password', { password: PASSWORD, new_password: NEW_PASSWORD })
    expect(there.url).toMatch(/\/account\/sign-in$/)
    expect((await refresh(server, clientId, refreshToken)).body.error).toBe('invalid_grant')
    expect((await person.submit(there, { login: 'alice', password: PASSWORD })).status).toBe(401)
    const again = await accountOf(person)
    expect((await person.submit(again, { login: 'alice', password: NEW_PASSWORD })).url).toBe(
      `${server.issuer}/account`,
    )
  })

  it.each([
    {
      what: 'a wrong current password',
      fields: { password: 'guess', new_password: NEW_PASSWORD },
      said: 'not your current',
    },
    { what: 'a short new one', fields: { password: PASSWORD, new_password: 'short' }, said: 'at least 15 characters' },
  ])('changes nothing for $what, and says why', async ({ fields, said }) => {
    const { person } = await atAccount()
    const page = await press(person, 'password', fields)
    expect(page.status).toBe(400)
    expect(page.html).toContain(said)
    expect((await accountOf(person)).url).toBe(`${server.issuer}/account`)
  })
})

describe('the forms of /account', () => {
  it('A27: are refused without the token of this browser, and change nothing', async () => {
    const { person } = await atAccount()
    const { clientId, refreshToken } = await allow(person, 'Desk')
    const foreign = fieldOf((await atAccount()).page.html, 'csrf')
    for (const csrf of ['', 'forged', foreign]) {
      const answer = await person.post(`${server.issuer}/account`, { csrf, change: 'client', client: clientId })
      expect(answer.status).toBe(403)
    }
    expect((await refresh(server, clientId, refreshToken)).status).toBe(200)
  })

  it('sign nobody in by a form of another browser (login CSRF)', async () => {
    const attacker = await accountOf(createPerson(server))
    const victim = createPerson(server)
    const csrf = fieldOf(attacker.html, 'csrf')
    const answer = await victim.post(`${server.issuer}/account/sign-in`, { csrf, login: 'alice', password: PASSWORD })
    expect(answer.status).toBe(403)
    expect((await accountOf(victim)).url).toMatch(/\/sign-in$/)
  })

  it('reach nothing of another person, whatever ids they name', async () => {
    await server.store.accounts.add({ login: 'mallory', name: 'Mallory', passwordHash: await hashOf('alice') })
    const alice = await atAccount()
    const { clientId, refreshToken } = await allow(alice.person, 'Desk')
    const consent = fieldOf((await accountOf(alice.person)).html, 'consent')
    const mallory = createPerson(server)
    await mallory.submit(await accountOf(mallory), { login: 'mallory', password: PASSWORD })
    for (const change of ['permission', 'server', 'client']) {
      await press(mallory, change, { consent, scope: 'mcp:issue:create', client: clientId })
    }
    expect((await refresh(server, clientId, refreshToken)).body.scope).toBe(BOTH.join(' '))
  })

  it('are on pages that no other window can reach, and that are kept nowhere', async () => {
    const { page } = await atAccount()
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  it('get a session whose id nobody could have planted (fixation)', async () => {
    const person = createPerson(server)
    const before = await accountOf(person)
    const planted = [...person.browser.cookies.values()].map(({ value }) => value)
    await person.submit(before, { login: 'alice', password: PASSWORD })
    const session = [...person.browser.cookies.values()].find(({ name }) => name.endsWith('sallyport_session'))
    expect(session).toBeDefined()
    expect(planted).not.toContain(session?.value)
  })
})

async function hashOf(login: string): Promise<string> {
  return (await server.store.accounts.findForSignIn(login))?.passwordHash ?? ''
}
