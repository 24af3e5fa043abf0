import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { postRegistration } from './post-registration.ts'

const TOKEN = randomBytes(32).toString('base64url')
const PUBLIC = {
  client_name: 'Editor',
  redirect_uris: ['http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none',
}

let server: TestServer
let open: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { registration: { mode: 'token', initialAccessToken: secret(TOKEN) } } })
  open = await startTestServer({ sharing: server, settings: { mode: 'serve', registration: { mode: 'open' } } })
})
afterAll(async () => {
  await open.close()
  await server.close()
})

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const rows = () => query(server, 'SELECT id FROM clients')

describe('where registration needs a token', () => {
  it.each([
    { headers: {}, who: 'nobody', challenge: /^Bearer realm="[^"]+"$/ },
    {
      headers: { Authorization: `Basic ${btoa(`${TOKEN}:`)}` },
      who: 'a password',
      challenge: /^Bearer realm="[^"]+"$/,
    },
    { headers: { Authorization: TOKEN }, who: 'the token alone', challenge: /^Bearer realm="[^"]+"$/ },
    { headers: bearer('x'), who: 'another token', challenge: /^Bearer realm="[^"]+", error="invalid_token"$/ },
    { headers: bearer(TOKEN.slice(1)), who: 'most of it', challenge: /^Bearer realm="[^"]+", error="invalid_token"$/ },
    { headers: bearer(`${TOKEN}A`), who: 'more than it', challenge: /^Bearer realm="[^"]+", error="invalid_token"$/ },
    {
      headers: bearer(TOKEN.toUpperCase()),
      who: 'its like',
      challenge: /^Bearer realm="[^"]+", error="invalid_token"$/,
    },
  ])('$who gets 401 with the challenge, and no row (AS-DCR-09)', async ({ headers, challenge }) => {
    server.logged.length = 0
    for (const payload of [PUBLIC, '{', { redirect_uris: ['http://evil.example/'] }]) {
      const answer = await postRegistration(server, payload, headers)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(challenge)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.body).toMatchObject({ error: 'invalid_token', error_code: 'SALLYPORT_E_TOKEN' })
    }
    expect(await rows()).toEqual([])
    const refused = server.logged.filter(({ message }) => message.startsWith('registration refused'))
    expect(refused).toHaveLength(3)
    expect(JSON.stringify(server.logged)).not.toContain(TOKEN)
  })

  it('a token in the address or the body is none (AS-DCR-09)', async () => {
    const inAddress = await fetch(`${server.issuer}/register?access_token=${TOKEN}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...PUBLIC, access_token: TOKEN }),
    })
    expect(inAddress.status).toBe(401)
  })

  it('who has it registers clients that get tokens', async () => {
    const { status, body } = await postRegistration(server, PUBLIC, { Authorization: `bearer ${TOKEN}` })
    expect(status).toBe(201)
    const request = authorization(server, String(body.client_id))
    const { code } = await approve(server, request)
    expect((await redeem(server, request, code)).status).toBe(200)
  })

  it('whoever registers is a client of its own, whatever it says (AS-DCR-06, AS-DCR-08)', async () => {
    const made = [
      await postRegistration(server, PUBLIC, bearer(TOKEN)),
      await postRegistration(server, PUBLIC, bearer(TOKEN)),
      await postRegistration({ ...open, issuer: open.origin }, PUBLIC),
    ]
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(made.map(({ body }) => body.client_id)).size).toBe(3)
  })

  it('what is wrong with a registration is told to who has it alone (AS-DCR-02)', async () => {
    const { status, body } = await postRegistration(server, { redirect_uris: ['http://evil.example/'] }, bearer(TOKEN))
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_redirect_uri' })
  })

  it('the metadata names no endpoint that would fail for the clients that read it (AS-DISC-11, T-13)', async () => {
    const metadata = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
    expect(await metadata.json()).not.toHaveProperty('registration_endpoint')
  })
})
