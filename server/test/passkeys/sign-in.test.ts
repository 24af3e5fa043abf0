import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ACR } from '../../src/config/authentication-class.ts'
import type * as password from '../../src/store/password.ts'
import { createPerson, decide, type Person, type Place } from '../people/person.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { authorization, redeem, refresh, register } from '../setup/flow.ts'
import { forgetLimits, passLimits } from '../setup/limits.ts'
import { query } from '../setup/state.ts'
import { addPasskey, askedBy, openAccount, reasons } from './account.ts'
import { type Authenticator, createAuthenticator, type Deviation } from './authenticator.ts'

vi.mock('../../src/store/password.ts', async (original) => ({
  ...(await original<typeof password>()),
  // As the real one, in no time.
  verifyPassword: async (typed: string, hash: string | undefined) => hash !== undefined && typed === PASSWORD,
}))

let server: TestServer
let clientId: string
let device: Authenticator
let person: Person
let page: Place
beforeAll(async () => {
  server = await startTestServer({ host: 'localhost', settings: { trustedProxies: ['127.0.0.0/8', '::1/128'] } })
  clientId = await register(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  await forgetLimits(server)
  await server.store.passkeys.removeOf('alice', undefined)
  const owner = createPerson(server)
  device = createAuthenticator(server.origin)
  await openAccount(server, owner)
  await addPasskey(server, owner, device)
  person = createPerson(server)
  page = await person.open(authorization(server, clientId).url)
  server.logged.length = 0
})

const isSignedIn = async (): Promise<boolean> =>
  (await person.open(`${server.issuer}/account`)).url.endsWith('/account')

describe('signing in with a passkey', () => {
  it('needs no name, and leads on to the consent', async () => {
    expect(JSON.parse(askedBy(page))).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
    expect(JSON.parse(askedBy(page)).allowCredentials ?? []).toEqual([])
    const next = await person.submit(page, { credential: device.get(askedBy(page)) })
    expect(next.url).toMatch(/\/consent$/)
    expect(next.html).toContain('signed in as <bdi>alice</bdi>')
  })

  it('says so in the access token, also after a refresh; a password says less (AS-TK-09, AS-SC-07)', async () => {
    const claimsBy = async (fields: (place: Place) => Record<string, string>) => {
      const request = authorization(server, clientId)
      const someone = createPerson(server)
      const signIn = await someone.open(request.url)
      const consent = await someone.submit(signIn, fields(signIn))
      const code = (await decide(someone, consent)).callback?.get('code') ?? ''
      const { body } = await redeem(server, request, code)
      const again = await refresh(server, clientId, String(body.refresh_token))
      return [body, again.body].map(({ access_token }) => decodeJwt(String(access_token)))
    }
    const strong = await claimsBy((place) => ({ credential: device.get(askedBy(place)) }))
    const weak = await claimsBy(() => ({ login: 'alice', password: PASSWORD }))
    expect(strong.map(({ acr }) => acr)).toEqual([ACR.passkey, ACR.passkey])
    expect(weak.map(({ acr }) => acr)).toEqual([ACR.password, ACR.password])
    expect(strong[1]?.auth_time).toBe(strong[0]?.auth_time)
    expect(strong[0]?.auth_time).toEqual(expect.any(Number))
  })

  it('works at the account, too, under a new session (A33) and by a redirect with 303 (A37)', async () => {
    const signIn = await person.open(`${server.issuer}/account`)
    const credential = device.get(askedBy(signIn))
    const answer = await person.post(signIn.url, { csrf: fieldOf(signIn.html, 'csrf'), credential })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
    expect(answer.headers.getSetCookie().join()).toContain('sallyport_session=')
    expect(await isSignedIn()).toBe(true)
  })

  it('is written down with its class', async () => {
    await openAccount(server, createPerson(server), device)
    const [event] = await query(
      server,
      `SELECT detail FROM audit_events WHERE type = 'person.signed_in' ORDER BY at DESC, id DESC LIMIT 1`,
    )
    expect(event?.detail).toEqual({ acr: ACR.passkey })
  })

  it('asks for the issuer, whatever the request says of its host (A41)', async () => {
    const headers = { 'X-Forwarded-Host': 'evil.example', Forwarded: 'host=evil.example' }
    const answer = await fetch(`${server.issuer}/account/sign-in`, { headers })
    const html = await answer.text()
    expect(JSON.parse(askedBy({ ...page, html })).rpId).toBe('localhost')
  })
})

describe('a passkey proves nobody', () => {
  const wrong: readonly { readonly what: string; readonly deviation: Deviation; readonly why: string }[] = [
    { what: 'on another origin', deviation: { origin: 'https://localhost.evil.example' }, why: 'not-verified' },
    { what: 'for another relying party', deviation: { rpId: 'evil.example' }, why: 'not-verified' },
    { what: 'without knowing the person', deviation: { userVerified: false }, why: 'not-verified' },
    { what: 'with a signature of another key', deviation: { signature: Buffer.alloc(70, 1) }, why: 'not-verified' },
    { what: 'as if it were being made', deviation: { type: 'webauthn.create' }, why: 'not-verified' },
    { what: 'in a frame of another site', deviation: { crossOrigin: true }, why: 'malformed' },
    { what: "under another person's handle", deviation: { userHandle: 'Ym9i' }, why: 'foreign' },
    { what: 'with a challenge that is not ours', deviation: { challenge: 'x'.repeat(72) }, why: 'challenge' },
  ]
  it.each(wrong)('$what', async ({ deviation, why }) => {
    const refused = await person.submit(page, { credential: device.get(askedBy(page), deviation) })
    expect([refused.status, reasons(server)]).toEqual([401, [why]])
    expect(refused.html).toContain('That passkey was not accepted. Try once more.')
    expect(await isSignedIn()).toBe(false)
  })

  it('that nobody has, that was removed, or that is no JSON at all, with one page for all', async () => {
    const stranger = createAuthenticator(server.origin)
    stranger.create(JSON.stringify({ ...JSON.parse(askedBy(page)), rp: { id: 'localhost' }, user: { id: 'eA' } }))
    const pages = [
      await person.submit(page, { credential: stranger.get(askedBy(page)) }),
      await person.submit(page, { credential: '{"id":1}' }),
      await person.submit(page, { credential: 'null' }),
    ]
    await server.store.passkeys.removeOf('alice', undefined)
    pages.push(await person.submit(page, { credential: device.get(askedBy(page)) }))
    expect(reasons(server)).toEqual(['unknown', 'malformed', 'malformed', 'unknown'])
    const same = (html: string): string => html.replace(/data-passkey="[^"]*"/, '').replace(/req_[\w-]+/g, '')
    expect(new Set(pages.map(({ html }) => same(html))).size).toBe(1)
  })

  it('on a page of another interaction', async () => {
    const other = await person.open(authorization(server, clientId).url)
    const refused = await person.submit(page, { credential: device.get(askedBy(other)) })
    expect([refused.status, reasons(server)]).toEqual([401, ['challenge']])
  })

  it('a second time: what it signed counts once', async () => {
    const fields = { csrf: fieldOf(page.html, 'csrf'), credential: device.get(askedBy(page)) }
    const statuses = [await person.post(page.url, fields), await person.post(page.url, fields)].map(
      ({ status }) => status,
    )
    expect([statuses, reasons(server)]).toEqual([[303, 401], ['challenge-used']])
  })

  it('after its counter went back: it is suspended, and the copy and the original are of no use (A35)', async () => {
    const copy = device.copy()
    await person.submit(page, { credential: device.get(askedBy(page)) })
    const elsewhere = createPerson(server)
    const theirs = await elsewhere.open(authorization(server, clientId).url)
    const refused = await elsewhere.submit(theirs, { credential: copy.get(askedBy(theirs)) })
    expect([refused.status, reasons(server)]).toEqual([401, ['counter']])
    const again = await elsewhere.submit(refused, { credential: device.get(askedBy(refused)) })
    expect([again.status, reasons(server)]).toEqual([401, ['counter', 'suspended']])
    const [event] = await query(
      server,
      `SELECT outcome, code FROM audit_events WHERE type = 'passkey.suspended' ORDER BY at DESC LIMIT 1`,
    )
    expect(event).toEqual({ outcome: 'refused', code: 'SALLYPORT_E_PASSKEY_COPIED' })
    const account = await openAccount(server, createPerson(server))
    expect(account.html).toContain('Stopped: it may have been copied.')
  })

  it('that counts nothing may say 0 for ever', async () => {
    const owner = createPerson(server)
    const synchronised = createAuthenticator(server.origin, { counts: false })
    await addPasskey(server, owner, synchronised, device)
    for (let time = 0; time < 2; time += 1) {
      const someone = createPerson(server)
      expect((await openAccount(server, someone, synchronised)).url).toMatch(/\/account$/)
    }
  })
})

describe('between the signature and the session', () => {
  /** The form is answered, and the browser has not gone on. */
  async function signed(): Promise<string> {
    const fields = { csrf: fieldOf(page.html, 'csrf'), credential: device.get(askedBy(page)) }
    const answer = await person.post(page.url, fields)
    expect(answer.headers.get('location')).toMatch(/continue$/)
    return page.url.replace(/\/sign-in$/, '')
  }

  it('a passkey that is removed signs nobody in', async () => {
    const next = await signed()
    await server.store.passkeys.removeOf('alice', undefined)
    expect((await person.open(next)).html).toContain('This page is no longer valid')
    expect(await isSignedIn()).toBe(false)
  })

  it('a disabled account signs nobody in, and its passkeys are gone (A36)', async () => {
    const next = await signed()
    await server.store.accounts.disable('alice')
    try {
      await person.open(next)
      expect(await isSignedIn()).toBe(false)
      expect(await server.store.passkeys.listOf('alice')).toEqual([])
    } finally {
      await query(server, 'UPDATE accounts SET disabled_at = NULL')
    }
  })
})

describe('passkeys that prove nobody', () => {
  const attempt = async (source: string, deviation?: Deviation) => {
    const fields = { csrf: fieldOf(page.html, 'csrf'), credential: device.get(askedBy(page), deviation) }
    return (await person.browser.post(page.url, fields, { 'X-Forwarded-For': source })).status
  }

  it('are limited like passwords, and keep neither their owner out elsewhere nor the password (A35, AS-OPS-03)', async () => {
    const failures: number[] = []
    for (let time = 0; time < 6; time += 1) failures.push(await attempt('203.0.113.7', { userVerified: false }))
    await passLimits(server, -120)
    expect(failures).toEqual([401, 401, 401, 401, 401, 429])
    const form = { csrf: fieldOf(page.html, 'csrf'), login: 'alice', password: PASSWORD }
    const byPassword = await person.browser.post(page.url, form, { 'X-Forwarded-For': '203.0.113.7' })
    expect(byPassword.status).toBe(303)
    page = await createPersonAgain()
    expect(await attempt('198.51.100.9')).toBe(303)
  })

  const createPersonAgain = async (): Promise<Place> => {
    person = createPerson(server)
    return person.open(authorization(server, clientId).url)
  }
})
