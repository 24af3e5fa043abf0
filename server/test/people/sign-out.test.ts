import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { authorization, redeem, refresh, register } from '../setup/flow.ts'
import { createPerson, decide, type Person, type Place, signIn } from './person.ts'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

const ask = (): string => authorization(server, clientId).url
const signOutPage = (person: Person): Promise<Place> => person.open(`${server.issuer}/logout`)

async function signOut(person: Person): Promise<void> {
  const page = await signOutPage(person)
  await person.post(page.url, { csrf: fieldOf(page.html, 'csrf') })
}

async function isSignedIn(person: Person): Promise<boolean> {
  return !(await person.open(ask())).url.endsWith('/sign-in')
}

describe('sign-out', () => {
  it('asks first: a link alone never signs out', async () => {
    const person = createPerson(server)
    await signIn(person, ask())
    const page = await signOutPage(person)
    expect(page).toMatchObject({ status: 200 })
    expect(page.html).toContain('Sign out?')
    expect(await isSignedIn(person)).toBe(true)
  })

  it('happens by the form of its page, and says so', async () => {
    const person = createPerson(server)
    await signIn(person, ask())
    const page = await signOutPage(person)
    const answer = await person.post(page.url, { csrf: fieldOf(page.html, 'csrf') })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('You are signed out')
    expect(await isSignedIn(person)).toBe(false)
  })

  it('A27: refuses a forged form with 403 and signs nobody out', async () => {
    const person = createPerson(server)
    const other = createPerson(server)
    await signIn(person, ask())
    await signIn(other, ask())
    const foreign = fieldOf((await signOutPage(other)).html, 'csrf')
    const consent = await person.open(ask())
    for (const csrf of ['', 'forged', foreign, fieldOf(consent.html, 'csrf')]) {
      expect((await person.post(`${server.issuer}/logout`, { csrf })).status).toBe(403)
    }
    expect(await isSignedIn(person)).toBe(true)
  })

  it('needs nobody to be signed in', async () => {
    const page = await signOutPage(createPerson(server))
    expect(page).toMatchObject({ status: 200 })
    expect(page.html).toContain('You are signed out')
  })

  it('keeps what was allowed: tokens of apps go on', async () => {
    const person = createPerson(server)
    const request = authorization(server, clientId)
    const { callback } = await decide(person, await signIn(person, request.url))
    const tokens = await redeem(server, request, callback?.get('code') ?? '')
    await signOut(person)
    expect(await refresh(server, clientId, String(tokens.body.refresh_token))).toMatchObject({ status: 200 })
  })

  it.each([['allow'], ['deny'], ['switch']] as const)(
    'in another tab: %s on an open consent page gives nothing, and a page says what to do',
    async (decision) => {
      const own = await register(server)
      const person = createPerson(server)
      const page = await signIn(person, authorization(server, own).url)
      await signOut(person)
      const place = await decide(person, page, { decision })
      if (decision === 'deny') expect(place.callback?.get('error')).toBe('access_denied')
      else if (decision === 'switch') expect(place.url).toMatch(/\/sign-in$/)
      else {
        expect(place).toMatchObject({ status: 400, callback: undefined })
        expect(place.html).toContain('start again')
      }
      const consents = {
        name: 'test consents',
        text: 'SELECT count(*)::int AS count FROM consents WHERE client_id = $1',
      }
      expect(await server.store.database.read(consents, [own])).toEqual([{ count: 0 }])
    },
  )

  it('between the decision and the return to the app: no code, and a page instead of an error in JSON', async () => {
    const person = createPerson(server)
    const page = await signIn(person, ask())
    const posted = await person.post(page.url, {
      csrf: fieldOf(page.html, 'csrf'),
      decision: 'allow',
      scope: 'mcp:issue:read',
    })
    expect(posted.status).toBe(303)
    await signOut(person)
    const place = await person.open(page.url.replace('/consent', ''))
    expect(place).toMatchObject({ status: 400, callback: undefined })
    expect(place.headers.get('content-type')).toContain('text/html')
    expect(place.html).toContain('start again')
  })

  it('shows the consent page no more once the session is gone', async () => {
    const person = createPerson(server)
    const page = await signIn(person, ask())
    await signOut(person)
    const again = await person.open(page.url)
    expect(again.status).toBe(400)
    expect(again.html).toContain('signed out')
  })
})
