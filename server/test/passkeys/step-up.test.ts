import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ACR } from '../../src/config/authentication-class.ts'
import type * as password from '../../src/store/password.ts'
import { createPerson, decide, type Person, type Place, signIn } from '../people/person.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { type Authorization, authorization, redeem, register } from '../setup/flow.ts'
import { push, pushedUrl } from '../setup/push.ts'
import { addPasskey, askedBy, openAccount, optionsOf } from './account.ts'
import { type Authenticator, createAuthenticator } from './authenticator.ts'

vi.mock('../../src/store/password.ts', async (original) => ({
  ...(await original<typeof password>()),
  // As the real one, in no time.
  verifyPassword: async (typed: string, hash: string | undefined) => hash !== undefined && typed === PASSWORD,
}))

let server: TestServer
let clientId: string
let person: Person
let device: Authenticator
beforeAll(async () => {
  server = await startTestServer({ host: 'localhost' })
  clientId = await register(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.store.passkeys.removeOf('alice', undefined)
  person = createPerson(server)
  device = createAuthenticator(server.origin)
})

const ask = (params: Record<string, string>): Authorization => authorization(server, clientId, params)
const byPasskey = { acr_values: ACR.passkey }

async function acrOf(request: Authorization, place: Place): Promise<unknown> {
  const { body } = await redeem(server, request, place.callback?.get('code') ?? '')
  return decodeJwt(String(body.access_token)).acr
}

/** Signs in by password and agrees, so that a consent is live in this session. */
async function agree(): Promise<void> {
  const request = ask({})
  await decide(person, await signIn(person, request.url))
}

describe('a client that asks for a passkey by acr_values, without openid', () => {
  it('gets a token that says so, although the person was signed in by password (AS-SC-07, AS-AZ-16)', async () => {
    await openAccount(server, person)
    await addPasskey(server, person, device)
    const request = ask(byPasskey)
    const page = await person.open(request.url)
    expect([page.url, page.html.includes('type="password"')]).toEqual([expect.stringMatching(/sign-in$/), false])
    const consent = await person.submit(page, { credential: device.get(askedBy(page)) })
    expect(await acrOf(request, await decide(person, consent))).toBe(ACR.passkey)
    const next = ask(byPasskey)
    expect((await person.open(next.url)).url, 'the session has it now').toMatch(/consent$/)
  })

  it('never gets a token for a password, which is not even looked at', async () => {
    const page = await person.open(ask(byPasskey).url)
    const refused = await person.submit(page, { login: 'alice', password: PASSWORD })
    expect([refused.status, refused.url]).toEqual([400, page.url])
    expect(refused.html).toContain('Only a passkey will do here.')
    expect((await person.open(`${server.issuer}/account`)).url).toMatch(/sign-in$/)
  })

  it('leads a person without one to the account, and goes on after one was added', async () => {
    await openAccount(server, person)
    const request = ask(byPasskey)
    const page = await person.open(request.url)
    expect(page.html).toContain('<bdi>alice</bdi> has no passkey on this server yet.')
    expect(page.html).toMatch(/<a [^>]*href="\/account" target="_blank" rel="noopener">/)
    await addPasskey(server, person, device)
    const again = await person.open(page.url)
    expect(again.html).not.toContain('has no passkey')
    const consent = await person.submit(again, { credential: device.get(askedBy(again)) })
    expect(await acrOf(request, await decide(person, consent))).toBe(ACR.passkey)
  })

  it('is told when the person cannot, with iss and state, and gets no code (AS-SC-08)', async () => {
    const request = ask(byPasskey)
    const { callback } = await person.submit(await person.open(request.url), { decision: 'no-passkey' })
    expect(Object.fromEntries(callback ?? [])).toMatchObject({
      error: 'unmet_authentication_requirements',
      error_code: 'SALLYPORT_E_AUTHENTICATION_CLASS',
      iss: server.issuer,
      state: request.state,
    })
    expect(callback?.has('code')).toBe(false)
  })

  it('is not told by a form of another page', async () => {
    const page = await person.open(ask(byPasskey).url)
    expect((await person.post(page.url, { csrf: 'x', decision: 'no-passkey' })).status).toBe(403)
  })

  it('gets login_required with prompt=none, since a person could do it', async () => {
    await agree()
    const { callback } = await person.open(ask({ ...byPasskey, prompt: 'none' }).url)
    expect(callback?.get('error')).toBe('login_required')
  })

  it('is heard in a pushed request, too (RFC 9126 §2)', async () => {
    await openAccount(server, person)
    const request = ask(byPasskey)
    const { request_uri } = (await push(server, request)).body
    const page = await person.open(pushedUrl(server, clientId, request_uri))
    expect(page.html).toContain('has no passkey on this server yet')
  })

  it('has the person sign in once more where it sends prompt=login or max_age=0 beside it', async () => {
    await openAccount(server, person)
    await addPasskey(server, person, device)
    const first = await person.open(ask(byPasskey).url)
    await person.submit(first, { credential: device.get(askedBy(first)) })
    for (const fresh of [{ prompt: 'login' }, { max_age: '0' }]) {
      const request = ask({ ...byPasskey, ...fresh })
      const page = await person.open(request.url)
      expect([page.url, page.html.includes('type="password"')]).toEqual([expect.stringMatching(/sign-in$/), false])
      const consent = await person.submit(page, { credential: device.get(askedBy(page)) })
      expect(await acrOf(request, await decide(person, consent))).toBe(ACR.passkey)
    }
  })
})

describe('classes of authentication', () => {
  it.each([
    { asked: `${ACR.passkey} ${ACR.password}`, what: 'one of several is enough' },
    { asked: `urn:example:gold ${ACR.password}`, what: 'what is not known here is passed over beside what is' },
  ])('$what', async ({ asked }) => {
    const page = await person.open(ask({ acr_values: asked }).url)
    expect(page.html).toContain('type="password"')
    const request = ask({ acr_values: asked })
    const place = await decide(person, await signIn(person, request.url))
    expect(await acrOf(request, place)).toBe(ACR.password)
  })

  it('a stronger one stands for a weaker one', async () => {
    await openAccount(server, person)
    await addPasskey(server, person, device)
    const someone = createPerson(server)
    await openAccount(server, someone, device)
    const request = ask({ acr_values: ACR.password })
    expect(await acrOf(request, await decide(someone, await someone.open(request.url)))).toBe(ACR.passkey)
  })

  it('of which none is known here are refused: on a page, and to the client only where it was agreed to (RFC 9470 §5)', async () => {
    const stranger = await person.open(ask({ acr_values: 'urn:example:gold' }).url)
    expect([stranger.status, stranger.callback]).toEqual([400, undefined])
    expect(stranger.html).toContain('SALLYPORT_E_AUTHENTICATION_CLASS')
    await agree()
    const request = ask({ acr_values: 'urn:example:gold' })
    const { callback } = await person.open(request.url)
    expect([callback?.get('error'), callback?.get('iss'), callback?.get('state')]).toEqual([
      'unmet_authentication_requirements',
      server.issuer,
      request.state,
    ])
  })

  it('that are too many, or said twice, are refused', async () => {
    const many = await person.open(ask({ acr_values: Array.from({ length: 11 }, (_, n) => `a${n}`).join(' ') }).url)
    expect([many.status, many.html.includes('There are too many acr_values.')]).toEqual([400, true])
    const twice = await person.open(`${ask(byPasskey).url}&acr_values=${ACR.passkey}`)
    expect([twice.status, twice.html.includes('SALLYPORT_E_REQUEST')]).toEqual([400, true])
  })

  it('are in the metadata as they are judged: an issuer on an IP address has no passkeys, and refuses to be asked', async () => {
    const advertised = async ({ issuer }: TestServer): Promise<unknown> => {
      const answer = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
      const metadata: { acr_values_supported?: unknown } = await answer.json()
      return metadata.acr_values_supported
    }
    expect(await advertised(server)).toEqual([ACR.password, ACR.passkey])
    const plain = await startTestServer()
    try {
      expect(await advertised(plain)).toEqual([ACR.password])
      const request = authorization(plain, await register(plain), byPasskey)
      const place = await createPerson(plain).open(request.url)
      expect([place.status, place.html.includes('SALLYPORT_E_AUTHENTICATION_CLASS')]).toEqual([400, true])
      expect(optionsOf(place.html)).toBeUndefined()
    } finally {
      await plain.close()
    }
  })

  it('a form of the page cannot be sent for another request', async () => {
    const [page, other] = [await person.open(ask({}).url), await person.open(ask(byPasskey).url)]
    const fields = { csrf: fieldOf(page.html, 'csrf'), login: 'alice', password: PASSWORD }
    expect((await person.post(other.url, fields)).status).toBe(403)
  })
})
