import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, signIn } from '../people/person.ts'
import { postForm } from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register } from '../setup/flow.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** One of each: what a person and a client hold after a sign-in. */
async function everything() {
  const clientId = await register(server)
  const browser = createBrowser()
  const waiting = authorization(server, clientId)
  const { code } = await approve(server, waiting, {}, browser)
  const request = authorization(server, clientId)
  const callback = await approve(server, request, {}, browser)
  const { body } = await redeem(server, request, callback.code)
  const session = [...browser.cookies.values()].find(({ name }) => name.endsWith('sallyport_session'))?.value ?? ''
  const accessToken = String(body.access_token)
  const { jti = '', gid, sub = '' } = decodeJwt(accessToken)
  const held = { session, refreshToken: String(body.refresh_token), accessToken }
  return { clientId, browser, waiting, code, held, names: { jti, gid: String(gid), sub, clientId } }
}

describe('what is one kind of thing', () => {
  it('is nothing as another: session, code, tokens, and the ids that tokens name (A112, A118)', async () => {
    const { clientId, browser, waiting, code, held, names } = await everything()
    const values = [held.session, held.accessToken, ...Object.values(names)]
    for (const value of values) {
      expect((await refresh(server, clientId, value)).body.error).toBe('invalid_grant')
      expect((await redeem(server, waiting, value)).body.error).toBe('invalid_grant')
    }
    for (const value of [code, held.refreshToken, ...values.slice(1)]) {
      const other = createBrowser()
      for (const [name, cookie] of browser.cookies) other.cookies.set(name, { ...cookie, value })
      const place = await createPerson(server, other).open(`${server.issuer}/account`)
      expect(place.url).toBe(`${server.issuer}/account/sign-in`)
    }
    expect((await redeem(server, waiting, code)).status).toBe(200)
  })

  it('ends nothing of another kind where it is given back (A118, RFC 7009)', async () => {
    const { clientId, browser, waiting, code, held, names } = await everything()
    for (const token of [held.session, code, ...Object.values(names)]) {
      await postForm(server, '/revoke', { client_id: clientId, token })
      await postForm(server, '/revoke', { client_id: clientId, token, token_type_hint: 'refresh_token' })
    }
    expect((await redeem(server, waiting, code)).status).toBe(200)
    expect((await refresh(server, clientId, held.refreshToken)).status).toBe(200)
    const place = await signIn(createPerson(server, browser), `${server.issuer}/account`)
    expect(place.url).toBe(`${server.issuer}/account`)
  })
})
