import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ACR } from '../../src/config/authentication-class.ts'
import {
  basic,
  type Changes,
  CONFIDENTIAL,
  giveResource,
  postForm,
  signAgain,
  WITH_CONFIDENTIAL_CLIENTS,
} from '../setup/access-tokens.ts'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { passTime, query } from '../setup/state.ts'

const { owner, stranger } = CONFIDENTIAL
const INACTIVE = '{"active":false}'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, owner.id)
})
afterAll(() => server.close())

const introspect = (token: string, credentials = owner, more: Record<string, string> = {}) =>
  postForm(server, '/introspect', { token, ...more }, basic(credentials))

async function issue(): Promise<{ clientId: string; accessToken: string; refreshToken: string }> {
  const { clientId, tokens } = await signInAndRedeem(server)
  return {
    clientId,
    accessToken: String(tokens.body.access_token),
    refreshToken: String(tokens.body.refresh_token),
  }
}

describe('the client that owns the resource', () => {
  it('learns what the token says, as it was signed (AS-INT-01, AS-SC-07)', async () => {
    const { clientId, accessToken } = await issue()
    const { status, headers, text } = await introspect(accessToken)
    const claims = decodeJwt(accessToken)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(JSON.parse(text)).toEqual({ active: true, token_type: 'Bearer', ...claims })
    expect(JSON.parse(text)).toMatchObject({
      iss: server.issuer,
      aud: RESOURCE,
      client_id: clientId,
      scope: 'mcp:repositories:list mcp:issue:read',
      sub: expect.any(String),
      jti: expect.any(String),
      gid: expect.any(String),
      exp: expect.any(Number),
      iat: expect.any(Number),
      auth_time: expect.any(Number),
      acr: ACR.password,
    })
  })

  it('learns who acts and which key the token is bound to, where it says so, and no claim beyond the known ones', async () => {
    const { accessToken } = await issue()
    const claims = {
      act: { sub: owner.id, act: { sub: stranger.id } },
      cnf: { jkt: 'x' },
      acr: 'high',
      secret: 'not for anybody',
    }
    const { secret: _, ...told } = claims
    const { text } = await introspect(await signAgain(server, accessToken, { claims }))
    expect(JSON.parse(text)).toEqual({ active: true, ...decodeJwt(accessToken), ...told, token_type: 'DPoP' })
  })

  it('is answered whatever the hint says (AS-INT-01)', async () => {
    const { accessToken } = await issue()
    for (const token_type_hint of ['access_token', 'refresh_token', 'cookie']) {
      expect(JSON.parse((await introspect(accessToken, owner, { token_type_hint })).text).active).toBe(true)
    }
  })
})

describe('everybody else learns nothing (AS-INT-02, A116)', () => {
  it('the owner of another resource, or of none', async () => {
    const { accessToken } = await issue()
    expect((await introspect(accessToken, stranger)).text).toBe(INACTIVE)
  })

  it('the owner, of a token for another resource, also when it was made from a grant for this one', async () => {
    const { accessToken } = await issue()
    const elsewhere = await signAgain(server, accessToken, { claims: { aud: 'https://other.example/mcp' } })
    expect((await introspect(elsewhere)).text).toBe(INACTIVE)
  })

  it('a client that owned the resource once', async () => {
    const { accessToken } = await issue()
    await giveResource(server, stranger.id)
    expect((await introspect(accessToken)).text).toBe(INACTIVE)
    expect(JSON.parse((await introspect(accessToken, stranger)).text).active).toBe(true)
    await giveResource(server, owner.id)
  })

  it('nobody owns the resource: nobody learns, not even who asks with an empty name', async () => {
    const { accessToken } = await issue()
    await query(server, `UPDATE resources SET owner_client_id = NULL WHERE id = 'demo'`)
    expect((await introspect(accessToken)).text).toBe(INACTIVE)
    await giveResource(server, owner.id)
  })

  it.each([
    {
      who: 'a public client (A117)',
      form: async () => ({ client_id: await register(server) }),
      status: 401,
      error: 'invalid_client',
    },
    { who: 'nobody (A117)', form: async () => ({}), status: 400, error: 'invalid_request' },
    {
      who: 'the owner with a wrong secret (A117)',
      form: async () => ({ client_id: owner.id, client_secret: 'wrong' }),
      status: 401,
      error: 'invalid_client',
    },
    {
      who: 'the owner without its secret (A95)',
      form: async () => ({ client_id: owner.id }),
      status: 401,
      error: 'invalid_client',
    },
  ])('$who is refused, the same for tokens that exist and others', async ({ form, status, error }) => {
    const { accessToken, refreshToken } = await issue()
    const sent = await form()
    for (const token of [accessToken, refreshToken, 'unknown', 'a.b.c']) {
      const answer = await postForm(server, '/introspect', { token, ...sent })
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([status, error])
    }
  })

  it('a refresh token is nothing a resource has any business with, not even its own client', async () => {
    const { clientId, refreshToken } = await issue()
    expect((await introspect(refreshToken)).text).toBe(INACTIVE)
    expect((await introspect(refreshToken, owner, { token_type_hint: 'refresh_token' })).text).toBe(INACTIVE)
    await refresh(server, clientId, refreshToken)
    await passTime(server, 61)
    // Asking about one that was used is no replay of it.
    expect((await introspect(refreshToken)).text).toBe(INACTIVE)
    expect((await refresh(server, clientId, 'unknown')).status).toBe(400)
    const [row] = await query(server, 'SELECT revoked_at FROM grants WHERE client_id = $1', [clientId])
    expect(row).toEqual({ revoked_at: null })
  })

  it.each([
    { what: 'ended', claims: { iat: 1_000, exp: 1_600 } },
    { what: 'of another issuer', claims: { iss: 'https://evil.example' } },
    { what: 'without a grant', claims: { gid: undefined } },
    { what: 'of a grant nobody made', claims: { gid: 'x' } },
    { what: 'of another person than its grant', claims: { sub: 'x' } },
    { what: 'whose actor is nobody here', claims: { act: { sub: 'nobody' } } },
    { what: 'whose actors cannot be read', claims: { act: { sub: owner.id, act: 'x' } } },
    { what: 'for several resources', claims: { aud: [RESOURCE, 'https://other.example'] } },
    { what: 'without an end', claims: { exp: undefined } },
    { what: 'of another type', header: { typ: 'JWT' } },
    { what: 'of no type', header: { typ: undefined } },
    { what: 'under a key nobody published', header: { kid: 'x' } },
  ] as readonly ({ what: string } & Changes)[])('a token $what', async ({ what: _, ...changes }) => {
    const { accessToken } = await issue()
    const changed = await signAgain(server, accessToken, changes)
    const answer = await introspect(changed)
    const unknown = await introspect('unknown')
    expect([answer.status, answer.text]).toEqual([200, INACTIVE])
    const shape = ({ headers }: typeof answer) =>
      [...headers].filter(([name]) => !['date', 'x-correlation-id'].includes(name))
    expect(shape(answer)).toEqual(shape(unknown))
  })

  it.each(['', '.', '..', 'a.b', 'eyJhbGciOiJub25lIn0.e30.', `${'a'.repeat(50_000)}`])(
    'nonsense: %.30s',
    async (token) => {
      if (token === '') return expect((await introspect(token)).status).toBe(400)
      expect((await introspect(token)).text).toBe(INACTIVE)
    },
  )
})

describe('a token is no longer active (I3, AS-REV-02)', () => {
  const undo = ['UPDATE accounts SET disabled_at = NULL', 'UPDATE consents SET withdrawn_at = NULL']
  afterEach(async () => {
    for (const text of undo) await query(server, text)
  })

  it.each([
    { when: 'its account was disabled', end: () => server.store.accounts.disable('alice') },
    { when: 'its client was removed', end: (clientId: string) => server.store.clients.remove(clientId) },
    {
      when: 'the consent was withdrawn',
      end: (clientId: string) =>
        query(server, 'UPDATE consents SET withdrawn_at = now() WHERE client_id = $1', [clientId]),
    },
    {
      when: 'the account was disabled and the grant was not found',
      end: () => query(server, 'UPDATE accounts SET disabled_at = now()'),
    },
    {
      when: 'the grant has ended by itself',
      end: (clientId: string) => query(server, 'UPDATE grants SET expires_at = now() WHERE client_id = $1', [clientId]),
    },
    {
      when: 'its refresh family was killed by a replay (A104)',
      end: async (clientId: string, refreshToken: string) => {
        await refresh(server, clientId, refreshToken)
        await passTime(server, 61)
        await refresh(server, clientId, refreshToken)
      },
    },
  ])('when $when', async ({ end }) => {
    const { clientId, accessToken, refreshToken } = await issue()
    expect(JSON.parse((await introspect(accessToken)).text).active).toBe(true)
    await end(clientId, refreshToken)
    expect((await introspect(accessToken)).text).toBe(INACTIVE)
  })
})

describe('the endpoint', () => {
  it('answers no script of another origin', async () => {
    const { accessToken } = await issue()
    const { headers } = await postForm(
      server,
      '/introspect',
      { token: accessToken },
      { ...basic(owner), Origin: 'https://evil.example' },
    )
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    const preflight = await fetch(`${server.origin}/introspect`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null])
  })

  it('takes the token in the body only, by POST', async () => {
    expect((await postForm(server, '/introspect?token=x', { token: 'x' }, basic(owner))).status).toBe(400)
    expect((await fetch(`${server.origin}/introspect`)).status).toBe(405)
  })
})
