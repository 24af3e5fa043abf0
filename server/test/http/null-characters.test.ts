import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, postForm } from '../setup/access-tokens.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import { approve, authorization, register, walk } from '../setup/flow.ts'
import { createKeyClient, proofOf } from '../setup/key-client.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const failures = (): readonly unknown[] => server.logged.filter(({ level }) => level === 'error')

describe('a null character, which no column of the database holds, is no failure of the server, wherever it stands (A46)', () => {
  it('in the login of a sign-in', async () => {
    const browser = createBrowser()
    const { url, response } = await walk(server, browser, authorization(server, await register(server)).url)
    const csrf = fieldOf((await response?.text()) ?? '', 'csrf')
    const { status } = await browser.post(url, { csrf, login: 'al\0ice', password: PASSWORD })
    expect(status).toBe(403)
    expect(failures()).toEqual([])
  })

  it.each(['permission', 'server', 'client'])('in what is to be taken back on the account page: %s', async (change) => {
    const browser = createBrowser()
    await approve(server, authorization(server, await register(server)), {}, browser)
    const page = await (await browser.get(`${server.issuer}/account`)).text()
    const form = { csrf: fieldOf(page, 'csrf'), change, consent: 'a\0b', client: 'a\0b', scope: 'a\0b' }
    expect((await browser.post(`${server.issuer}/account`, form)).status).toBe(403)
    expect(failures()).toEqual([])
  })

  it.each(['a\0b', 'a%00b'])('in the id of a client in Basic credentials', async (id) => {
    const credentials = basic({ id, secret: 'secret' })
    server.logged.length = 0
    for (const path of ['/token', '/par', '/introspect', '/revoke']) {
      const { status } = await postForm(server, path, { grant_type: 'refresh_token', token: 'a' }, credentials)
      expect({ path, refused: [400, 401].includes(status) }).toEqual({ path, refused: true })
    }
    expect(failures()).toEqual([])
  })

  it('in what a client assertion says, or something that is no text', async () => {
    const client = await createKeyClient('a\0b')
    for (const claims of [{}, { jti: 'a\0b' }, { aud: 'a\0b' }, { iss: 1, sub: 1 }, { sub: ['a'] }, { sub: {} }]) {
      const form = await proofOf(server, client, { claims })
      const { status } = await postForm(server, '/token', { grant_type: 'refresh_token', refresh_token: 'a', ...form })
      expect(status).toBe(401)
    }
    expect(failures()).toEqual([])
  })

  it.each([
    '/authorize/a%00b',
    '/authorize/a%00b/sign-in',
    '/register/a%00b',
    '/resources/a%00b/revocations',
    '/resources/a%00b/protected-resource-metadata',
  ])('in an address: %s', async (path) => {
    expect((await fetch(server.issuer + path, { redirect: 'manual' })).status).toBeLessThan(500)
    expect(failures()).toEqual([])
  })
})
