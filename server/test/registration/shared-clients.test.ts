import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanUp } from '../../src/store/housekeeping.ts'
import { ask, expectPage } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { postRegistration } from './post-registration.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const PUBLIC = {
  client_name: 'Editor',
  redirect_uris: ['http://127.0.0.1:33418/callback', 'https://editor.example/callback'],
  token_endpoint_auth_method: 'none',
}

const register = async (payload: Record<string, unknown>) => {
  const { status, body } = await postRegistration(server, payload)
  expect(status).toBe(201)
  return { id: String(body.client_id), body }
}

describe('a public client that registers what was registered before', () => {
  it.each([
    { change: 'nothing', again: {} },
    {
      change: 'the port it listens on',
      again: { redirect_uris: ['http://127.0.0.1:50001/callback', 'https://editor.example/callback'] },
    },
    {
      change: 'the order of what it lists',
      again: {
        redirect_uris: [...PUBLIC.redirect_uris].reverse(),
        grant_types: ['refresh_token', 'authorization_code'],
      },
    },
    { change: 'members that nobody reads', again: { software_version: '2.0', scope: 'mcp:issue:read', logo_uri: '' } },
    {
      change: 'a secret, an id and an age that it chose',
      again: { client_secret: 'x', client_id: 'x', client_id_issued_at: 1 },
    },
  ])(
    'is the same client whatever it says of $change, and is told what it said itself (AS-DCR-06, T-26)',
    async ({ again }) => {
      const first = await register(PUBLIC)
      const { id, body } = await register({ ...PUBLIC, ...again })
      expect(id).toBe(first.id)
      expect(body).toEqual({ ...first.body, redirect_uris: { ...PUBLIC, ...again }.redirect_uris })
      expect(
        await query(server, "SELECT count(*)::int AS n FROM clients WHERE metadata->>'client_name' = 'Editor'"),
      ).toEqual([{ n: 1 }])
    },
  )

  it.each([
    { member: 'its name', other: { client_name: 'editor' } },
    { member: 'no name', other: { client_name: undefined } },
    { member: 'one more redirect URI', other: { redirect_uris: [...PUBLIC.redirect_uris, 'https://evil.example/'] } },
    { member: 'one redirect URI less', other: { redirect_uris: PUBLIC.redirect_uris.slice(1) } },
    { member: 'another loopback path', other: { redirect_uris: ['http://127.0.0.1:33418/', PUBLIC.redirect_uris[1]] } },
    {
      member: 'another loopback name',
      other: { redirect_uris: ['http://localhost:33418/callback', PUBLIC.redirect_uris[1]] },
    },
    {
      member: 'https on loopback',
      other: { redirect_uris: ['https://127.0.0.1:33418/callback', PUBLIC.redirect_uris[1]] },
    },
    {
      member: 'another port of a site',
      other: { redirect_uris: [PUBLIC.redirect_uris[0], 'https://editor.example:8443/callback'] },
    },
    { member: 'refresh tokens on request', other: { grant_types: ['authorization_code'] } },
    { member: 'tokens bound to a key', other: { dpop_bound_access_tokens: true } },
    { member: 'requests that must be pushed', other: { require_pushed_authorization_requests: true } },
  ])('is another client with $member (AS-DCR-06)', async ({ other }) => {
    const first = await register(PUBLIC)
    expect((await register({ ...PUBLIC, ...other })).id).not.toBe(first.id)
  })

  it('is never one that has a secret (AS-DCR-06)', async () => {
    const confidential = { ...PUBLIC, token_endpoint_auth_method: 'client_secret_post' }
    const [open, first, second] = [await register(PUBLIC), await register(confidential), await register(confidential)]
    expect(new Set([open.id, first.id, second.id]).size).toBe(3)
    expect(first.body.client_secret).not.toBe(second.body.client_secret)
  })

  it('is never one that has keys, though it has the same ones (AS-DCR-06)', async () => {
    const { publicKey } = await generateKeyPair('ES256')
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }] }
    const signed = { ...PUBLIC, token_endpoint_auth_method: 'private_key_jwt', jwks }
    const [first, second] = [await register(signed), await register(signed)]
    expect(first.id).not.toBe(second.id)
  })

  it('is given nothing to change the client by (A46)', async () => {
    for (const { body } of [await register(PUBLIC), await register(PUBLIC)]) {
      expect(body).not.toHaveProperty('registration_access_token')
      expect(body).not.toHaveProperty('registration_client_uri')
    }
  })

  it('gets its tokens on the port it named, which another named before it (T-14)', async () => {
    const named = (port: number) => ({
      ...PUBLIC,
      client_name: 'Ports',
      redirect_uris: [`http://127.0.0.1:${port}/cb`],
    })
    await register(named(40001))
    const { id } = await register(named(40002))
    const redirect_uri = 'http://127.0.0.1:40002/cb'
    const request = authorization(server, id, { redirect_uri })
    const { code } = await approve(server, request)
    expect((await redeem(server, request, code, { redirect_uri })).status).toBe(200)
  })

  it('is told once in the audit, when it was new', async () => {
    const { id } = await register({ ...PUBLIC, client_name: 'Told once' })
    await register({ ...PUBLIC, client_name: 'Told once' })
    const events = await query(server, "SELECT client_id FROM audit_events WHERE type = 'client.registered'")
    expect(events.filter(({ client_id }) => client_id === id)).toHaveLength(1)
    const ids = await query(server, 'SELECT id FROM clients')
    expect(events.map(({ client_id }) => client_id).sort()).toEqual(ids.map((row) => row.id).sort())
  })

  it('leaves as many rows as there are clients, however often each registers (AS-DCR-06, A44)', async () => {
    const before = await query(server, 'SELECT id FROM clients')
    const ids: { id: string }[] = []
    // In lots, because a server that has too much to do at once refuses some of it.
    for (let lot = 0; lot < 6; lot += 1) {
      const name = (at: number) => ({
        client_name: `Flood ${at % 3}`,
        redirect_uris: [`http://localhost:${30_000 + at}/cb`],
      })
      const payloads = Array.from({ length: 20 }, (_, at) => ({ ...PUBLIC, ...name(lot * 20 + at) }))
      ids.push(...(await Promise.all(payloads.map(register))))
    }
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3)
    expect(await query(server, 'SELECT id FROM clients')).toHaveLength(before.length + 3)
  })
})

describe('a registration that nobody used', () => {
  const clean = () => cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })
  const monthLater = (id: string) =>
    query(
      server,
      `UPDATE clients SET created_at = created_at - interval '31 days', last_seen_at = last_seen_at - interval '31 days' WHERE id = $1`,
      [id],
    )

  it('stays when it is made again, because its id was handed out a moment ago (AS-DCR-07)', async () => {
    const { id } = await register({ ...PUBLIC, client_name: 'Comes back' })
    await monthLater(id)
    expect((await register({ ...PUBLIC, client_name: 'Comes back' })).id).toBe(id)
    await clean()
    expect(await query(server, 'SELECT id FROM clients WHERE id = $1', [id])).toHaveLength(1)
  })

  it('is gone after a month: 401 tells the client to register, a page tells the person, and it may register again (AS-DCR-07, T-19)', async () => {
    const payload = { ...PUBLIC, client_name: 'Reaped' }
    const { id } = await register(payload)
    await monthLater(id)
    await clean()
    expect(await refresh(server, id, 'x')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    await expectPage(ask(server, id, { redirect_uri: PUBLIC.redirect_uris[0] }), 'invalid_client')
    expect((await register(payload)).id).not.toBe(id)
  })
})
