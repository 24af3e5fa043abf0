import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** Everything in the database as text, binary columns as hexadecimal digits. */
async function dump(): Promise<{ tables: readonly string[]; text: string }> {
  const names = await query(server, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`)
  const tables = names.map(({ tablename }) => String(tablename))
  const rows = await Promise.all(tables.map((table) => query(server, `SELECT t::text AS line FROM "${table}" t`)))
  return {
    tables,
    text: rows
      .flat()
      .map(({ line }) => String(line))
      .join('\n'),
  }
}

/** The ways a value could lie there. */
function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const decoded = Buffer.from(value, 'base64url')
  const texts = [value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')]
  return decoded.length >= 16 ? [...texts, decoded.toString('hex')] : texts
}

async function registerConfidential(): Promise<{ id: string; secret: string }> {
  const response = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: ['http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'client_secret_post',
    }),
  })
  const client: { client_id: string; client_secret: string } = await response.json()
  return { id: client.client_id, secret: client.client_secret }
}

describe('whoever reads the whole database', () => {
  it('finds no code, no refresh token, no session, no client secret and no password (AS-RT-09)', async () => {
    const client = await registerConfidential()
    const proof = { client_secret: client.secret }
    const browser = createBrowser()
    const state = randomBytes(2_000).toString('base64url')
    const request = authorization(server, client.id, { state })
    const { code } = await approve(server, request, {}, browser)
    const tokens = await redeem(server, request, code, proof)
    const first = String(tokens.body.refresh_token)
    const second = await refresh(server, client.id, first, proof)
    expect(second.status).toBe(200)
    const unused = await approve(server, authorization(server, client.id), {}, browser)
    const cookies = [...browser.cookies.values()].filter(({ value }) => value.length >= 16)
    expect(cookies.length).toBeGreaterThan(0)
    const secrets = {
      code,
      'unused code': unused.code,
      verifier: request.verifier,
      'first refresh token': first,
      'second refresh token': String(second.body.refresh_token),
      'access token': String(second.body.access_token),
      'client secret': client.secret,
      password: PASSWORD,
      ...Object.fromEntries(cookies.map(({ name, value }) => [`cookie ${name}`, value])),
    }
    const { tables, text } = await dump()
    expect(tables).toEqual(expect.arrayContaining(['refresh_tokens', 'sessions', 'session_ids', 'interactions']))
    expect(text).toContain(client.id)
    for (const [what, value] of Object.entries(secrets)) {
      expect(value.length, what).toBeGreaterThan(8)
      for (const spelling of spellings(value)) expect(text.includes(spelling), what).toBe(false)
    }
  })

  it('finds no private key and none of the keys of the settings', async () => {
    const { text } = await dump()
    const published = await (await fetch(`${server.issuer}/.well-known/jwks.json`)).json()
    expect(published.keys[0]).not.toHaveProperty('d')
    expect(text).toContain(published.keys[0].kid)
    expect(text).not.toContain(published.keys[0].x)
    for (const key of [...server.settings.encryptionKeys, ...server.settings.cookieKeys]) {
      for (const spelling of spellings(key.reveal())) expect(text.includes(spelling)).toBe(false)
      expect(text).not.toContain(Buffer.from(key.reveal(), 'base64').toString('hex'))
    }
  })
})

describe('whoever reads the log', () => {
  it('finds no code and no token, also of requests that were refused', async () => {
    const { request, callback, clientId, tokens } = await signInAndRedeem(server)
    await redeem(server, request, callback.code)
    await refresh(server, clientId, String(tokens.body.refresh_token))
    const text = JSON.stringify(server.logged)
    expect(server.logged.length).toBeGreaterThan(0)
    for (const value of [callback.code, request.verifier, tokens.body.refresh_token, tokens.body.access_token]) {
      expect(text.includes(String(value))).toBe(false)
    }
  })
})
