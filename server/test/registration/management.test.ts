import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { ask, expectPage, expectTaken } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { postRegistration } from './post-registration.ts'

const INITIAL = randomBytes(32).toString('base64url')
const SITE = 'https://app.example/callback'
const PUBLIC = { client_name: 'App', redirect_uris: [SITE], token_endpoint_auth_method: 'none' }
const CONFIDENTIAL = { ...PUBLIC, token_endpoint_auth_method: 'client_secret_post' }

let server: TestServer
let open: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { registration: { mode: 'token', initialAccessToken: secret(INITIAL) } } })
  open = await startTestServer({ sharing: server, settings: { mode: 'serve', registration: { mode: 'open' } } })
})
afterAll(async () => {
  await open.close()
  await server.close()
})

interface Managed {
  readonly id: string
  readonly token: string
  readonly body: Record<string, unknown>
}

async function register(payload: Record<string, unknown> = PUBLIC): Promise<Managed> {
  const { status, body } = await postRegistration(server, payload, { Authorization: `Bearer ${INITIAL}` })
  expect(status).toBe(201)
  return { id: String(body.client_id), token: String(body.registration_access_token), body }
}

async function manage(
  method: string,
  { id, token }: { id: string; token?: string | undefined },
  payload?: unknown,
  type = 'application/json',
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(`${server.issuer}/register/${id}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(payload === undefined ? {} : { 'Content-Type': type }),
    },
    ...(payload === undefined ? {} : { body: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

const rowOf = async ({ id }: Managed) => (await query(server, 'SELECT * FROM clients WHERE id = $1', [id]))[0]

describe('whoever registered a client with an initial access token', () => {
  it('is told where it is managed and what with, and reads there what was registered (AS-DCR-08)', async () => {
    const client = await register()
    expect(client.token).toMatch(/^[\w-]{43}$/)
    expect(client.body.registration_client_uri).toBe(`${server.issuer}/register/${client.id}`)
    const read = await manage('GET', client)
    expect(read).toMatchObject({ status: 200, body: client.body })
    expect(read.body).toEqual(client.body)
    expect(read.headers.get('cache-control')).toBe('no-store')
    expect(read.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('is not told the secret again, of which there is a digest alone', async () => {
    const client = await register(CONFIDENTIAL)
    const { client_secret, client_secret_expires_at, ...rest } = client.body
    expect(client_secret_expires_at).toBe(0)
    expect((await manage('GET', client)).body).toEqual(rest)
    expect((await manage('PUT', client, { ...CONFIDENTIAL, client_id: client.id })).body).toEqual(rest)
    expect(JSON.stringify(await rowOf(client))).not.toContain(client_secret)
  })

  it('has a token that the database holds as SHA-256 alone', async () => {
    const client = await register()
    const row = await rowOf(client)
    expect(row?.management_hash).toEqual(createHash('sha256').update(client.token).digest())
    expect(JSON.stringify(row)).not.toContain(client.token)
    const events = await query(server, 'SELECT detail::text FROM audit_events')
    expect(JSON.stringify([events, server.logged])).not.toContain(client.token)
  })

  it('changes it whole: the new redirect URI is taken, the old one is not, what is left out is as if never said', async () => {
    const client = await register({ ...PUBLIC, dpop_bound_access_tokens: true })
    await expectTaken(ask(server, client.id, { redirect_uri: SITE }))
    const moved = 'https://app.example/moved'
    const { status, body } = await manage('PUT', client, {
      client_id: client.id,
      redirect_uris: [moved],
      token_endpoint_auth_method: 'none',
      client_name: '',
    })
    expect(status).toBe(200)
    const { client_name: _name, dpop_bound_access_tokens: _bound, ...kept } = client.body
    expect(body).toEqual({ ...kept, redirect_uris: [moved] })
    expect((await manage('GET', client)).body).toEqual(body)
    await expectTaken(ask(server, client.id, { redirect_uri: moved }))
    await expectPage(ask(server, client.id, { redirect_uri: SITE }), 'invalid_redirect_uri')
    const events = await query(server, "SELECT client_id FROM audit_events WHERE type = 'client.changed'")
    expect(events.map(({ client_id }) => client_id)).toContain(client.id)
  })

  it('is believed at every process from the answer on: neither what it was before nor a removed client is remembered (I3, AS-DCR-08)', async () => {
    const client = await register()
    await expectTaken(ask(open, client.id, { redirect_uri: SITE }))
    const moved = 'https://app.example/moved'
    const changed = await manage('PUT', client, { ...PUBLIC, redirect_uris: [moved], client_id: client.id })
    expect(changed.status).toBe(200)
    await expectPage(ask(open, client.id, { redirect_uri: SITE }), 'invalid_redirect_uri')
    await expectTaken(ask(open, client.id, { redirect_uri: moved }))
    expect((await manage('DELETE', client)).status).toBe(204)
    await expectPage(ask(open, client.id, { redirect_uri: moved }), 'invalid_client')
  })

  it('makes a public client confidential and back, and each time the proof that is asked for is another (A46)', async () => {
    const client = await register()
    const flow = async (proof: Record<string, string>) => {
      const request = authorization(server, client.id, { redirect_uri: SITE })
      const { code } = await approve(server, request)
      return redeem(server, request, code, { redirect_uri: SITE, ...proof })
    }
    const { body } = await manage('PUT', client, { ...CONFIDENTIAL, client_id: client.id })
    expect(body).toMatchObject({ client_secret: expect.stringMatching(/^[\w-]{43}$/), client_secret_expires_at: 0 })
    expect(await flow({})).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const client_secret = String(body.client_secret)
    expect((await flow({ client_secret })).status).toBe(200)
    const again = await manage('PUT', client, { ...CONFIDENTIAL, client_id: client.id, client_secret })
    expect(again.status).toBe(200)
    expect((await flow({ client_secret })).status).toBe(200)
    expect((await manage('PUT', client, { ...PUBLIC, client_id: client.id })).status).toBe(200)
    expect((await rowOf(client))?.metadata).not.toHaveProperty('client_secret')
    expect((await flow({})).status).toBe(200)
  })

  it('removes it: it is no client, its grants have ended, its token is none (AS-DCR-08)', async () => {
    const client = await register()
    const request = authorization(server, client.id, { redirect_uri: SITE })
    const { code } = await approve(server, request)
    const tokens = await redeem(server, request, code, { redirect_uri: SITE })
    const removed = await manage('DELETE', client)
    expect(removed).toMatchObject({ status: 204, body: {} })
    expect(await refresh(server, client.id, String(tokens.body.refresh_token))).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    const grants = await query(server, 'SELECT revoked_reason FROM grants WHERE client_id = $1', [client.id])
    expect(grants).toEqual([{ revoked_reason: 'client-removed' }])
    const events = await query(server, 'SELECT type FROM audit_events WHERE client_id = $1 ORDER BY type', [client.id])
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['client.removed', 'grant.revoked']))
    for (const method of ['GET', 'DELETE']) expect((await manage(method, client)).status).toBe(401)
    expect((await manage('PUT', client, { ...PUBLIC, client_id: client.id })).status).toBe(401)
  })
})

describe('a change is judged as a registration is (A46)', () => {
  it.each([
    { change: { redirect_uris: ['http://evil.example/cb'] }, error: 'invalid_redirect_uri' },
    { change: { redirect_uris: ['javascript:alert(1)'] }, error: 'invalid_redirect_uri' },
    { change: { redirect_uris: [] }, error: 'invalid_redirect_uri' },
    { change: { redirect_uris: undefined }, error: 'invalid_redirect_uri' },
    { change: { token_endpoint_auth_method: 'client_secret_jwt' }, error: 'invalid_client_metadata' },
    { change: { token_endpoint_auth_method: 'private_key_jwt' }, error: 'invalid_client_metadata' },
    { change: { token_endpoint_auth_method: ['none'] }, error: 'invalid_client_metadata' },
    { change: { client_id: 'client_other' }, error: 'invalid_request' },
    { change: { client_id: undefined }, error: 'invalid_request' },
    { change: { client_secret: 'mine' }, error: 'invalid_request' },
    { change: { client_secret: { length: 1 } }, error: 'invalid_request' },
    { change: { client_secret_expires_at: 1 }, error: 'invalid_request' },
    { change: { client_id_issued_at: 1 }, error: 'invalid_request' },
    { change: { registration_access_token: 'mine' }, error: 'invalid_request' },
    { change: { registration_client_uri: 'https://evil.example/' }, error: 'invalid_request' },
  ])('$change is refused with $error and nothing changes', async ({ change, error }) => {
    const client = await register()
    const before = await rowOf(client)
    const { status, body, headers } = await manage('PUT', client, { ...PUBLIC, client_id: client.id, ...change })
    expect({ status, error: body.error }).toEqual({ status: 400, error })
    expect(body.error_code).toMatch(/^SALLYPORT_E_(?!INTERNAL)/)
    expect(body.correlation_id).toBe(headers.get('x-correlation-id'))
    expect(await rowOf(client)).toEqual(before)
  })

  it.each([
    { body: '{', type: 'application/json' },
    { body: '', type: 'application/json' },
    { body: '[]', type: 'application/json' },
    { body: 'null', type: 'application/json' },
    { body: '"text"', type: 'application/json' },
    { body: JSON.stringify(PUBLIC), type: 'text/plain' },
    { body: 'redirect_uris=x', type: 'application/x-www-form-urlencoded' },
  ])('$type that is no object is refused: $body', async ({ body, type }) => {
    const client = await register()
    const before = await rowOf(client)
    expect(await manage('PUT', client, body, type)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    expect(await rowOf(client)).toEqual(before)
  })

  it('nobody gains by it what a registration does not give (A47, AS-DCR-05)', async () => {
    const client = await register()
    const { status, body } = await manage('PUT', client, {
      ...PUBLIC,
      client_id: client.id,
      grant_types: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange', 'implicit'],
      response_types: ['token'],
      sallyport_source: 'settings',
      sallyport_default_resource: 'other',
      sallyport_trusted_document: true,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] })
    const row = await rowOf(client)
    expect(row).toMatchObject({ source: 'dynamic', default_resource: null })
    expect(Object.keys(Object(row?.metadata)).filter((name) => name.startsWith('sallyport'))).toEqual([
      'sallyport_refresh_on_request',
    ])
  })
})

describe('somebody else', () => {
  it.each(['GET', 'PUT', 'DELETE'])(
    'is answered 401 to %s, the same whatever is wrong, and changes nothing (A49)',
    async (method) => {
      const [mine, other] = [await register(), await register(CONFIDENTIAL)]
      const before = await rowOf(other)
      const payload = method === 'PUT' ? { ...PUBLIC, client_id: other.id } : undefined
      const { body: shared } = await postRegistration({ ...open, issuer: open.origin }, PUBLIC)
      const attempts = [
        { id: other.id, token: mine.token },
        { id: other.id, token: INITIAL },
        { id: other.id, token: String(other.body.client_secret) },
        { id: other.id, token: other.token.slice(1) },
        { id: other.id },
        { id: 'client_nobody', token: mine.token },
        { id: String(shared.client_id), token: mine.token },
        { id: String(shared.client_id), token: String(shared.client_id) },
      ]
      for (const attempt of attempts) {
        const { status, headers, body } = await manage(method, attempt, payload)
        expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_token' })
        expect(headers.get('www-authenticate')).toMatch(
          attempt.token === undefined ? /^Bearer realm="[^"]+"$/ : /error="invalid_token"$/,
        )
      }
      expect(await rowOf(other)).toEqual(before)
      expect(await manage('GET', mine)).toMatchObject({ status: 200 })
    },
  )

  it('finds no other method there', async () => {
    const client = await register()
    for (const method of ['POST', 'PATCH', 'HEAD']) {
      const response = await fetch(`${server.issuer}/register/${client.id}`, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('GET, PUT, DELETE')
    }
  })
})
