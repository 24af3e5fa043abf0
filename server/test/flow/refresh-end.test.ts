import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/store/password.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { auditEvents, passTime, query } from '../setup/state.ts'

const DEAD = { status: 400, body: { error: 'invalid_grant' } }
const DAY = 86_400
const HOUR = 3_600
const EVERY_SCOPE = 'mcp:repositories:list mcp:issue:read mcp:issue:create'
const BASE = 'mcp:repositories:list mcp:issue:read'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

describe('a refresh family ends', () => {
  it('when nobody used it for thirty days (A113, AS-RT-06)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    await passTime(server, 29 * DAY)
    const next = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect(next.status).toBe(200)
    await passTime(server, 30 * DAY + 1)
    expect(await refresh(server, clientId, String(next.body.refresh_token))).toMatchObject(DEAD)
    expect(await auditEvents(server, 'grant.revoked')).toEqual([])
  })

  it('a hundred and eighty days after it began, however often it was used (A113, AS-RT-06)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    let token = String(tokens.body.refresh_token)
    for (let day = 25; day < 180; day += 25) {
      await passTime(server, 25 * DAY)
      const next = await refresh(server, clientId, token)
      expect(next, `day ${day}`).toMatchObject({ status: 200 })
      token = String(next.body.refresh_token)
    }
    await passTime(server, 5 * DAY + 1)
    expect(await refresh(server, clientId, token)).toMatchObject(DEAD)
  })

  it('after eight hours where the person agreed for a session', async () => {
    const { clientId, tokens } = await signInAndRedeem(server, {}, { duration: 'session' })
    await passTime(server, 7 * HOUR)
    const next = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect(next.status).toBe(200)
    await passTime(server, HOUR + 1)
    expect(await refresh(server, clientId, String(next.body.refresh_token))).toMatchObject(DEAD)
  })

  it.each([
    {
      because: 'the account was disabled (A36)',
      reason: 'account-disabled',
      end: () => server.store.accounts.disable('alice'),
    },
    {
      because: 'the password was changed (AS-RT-07)',
      reason: 'password-changed',
      end: async () => server.store.accounts.setPasswordHash('alice', await hashPassword('another long password')),
    },
    {
      because: 'the resource was removed',
      reason: 'resource-removed',
      end: () => server.store.resources.remove('demo'),
    },
    {
      because: 'the client was removed (AS-RT-07)',
      reason: 'client-removed',
      end: (clientId: string) => server.store.clients.remove(clientId),
    },
  ])('when $because, which the audit tells', async ({ reason, end }) => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const next = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect([true, 'removed']).toContain(await end(clientId))
    for (const token of [tokens.body.refresh_token, next.body.refresh_token]) {
      const refused = await refresh(server, clientId, String(token))
      expect([400, 401]).toContain(refused.status)
      expect(['invalid_grant', 'invalid_client']).toContain(refused.body.error)
    }
    const { gid } = decodeJwt(String(tokens.body.access_token))
    const told = { grant_id: gid, client_id: clientId, outcome: 'allowed', detail: { reason } }
    expect(await auditEvents(server, 'grant.revoked')).toMatchObject([told])
  })

  it('and does not come back with a resource of the same address: the person is asked again', async () => {
    const { clientId } = await signInAndRedeem(server)
    const [resource] = await server.store.resources.list()
    if (resource === undefined) throw new Error('there is no resource')
    await server.store.resources.remove(resource.id)
    await server.store.resources.add(resource)
    const agreed = await query(server, 'SELECT id FROM consents WHERE client_id = $1 AND withdrawn_at IS NULL', [
      clientId,
    ])
    expect(agreed).toEqual([])
  })
})

describe('an elevation', () => {
  const elevated = { scopes: EVERY_SCOPE.split(' ') }

  it('ends after eight hours while the rest goes on', async () => {
    const { clientId, tokens } = await signInAndRedeem(server, { scope: EVERY_SCOPE }, elevated)
    expect(tokens.body).toMatchObject({ scope: EVERY_SCOPE, expires_in: 300 })
    await passTime(server, 7 * HOUR)
    const during = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect(during).toMatchObject({ status: 200, body: { scope: EVERY_SCOPE, expires_in: 300 } })
    await passTime(server, HOUR + 1)
    const after = await refresh(server, clientId, String(during.body.refresh_token))
    expect(after).toMatchObject({ status: 200, body: { scope: BASE, expires_in: 600 } })
    expect(decodeJwt(String(after.body.access_token)).scope).toBe(BASE)
  })

  it('that ended is refused when asked for by name, and the token is not used up (A109)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server, { scope: EVERY_SCOPE }, elevated)
    await passTime(server, 8 * HOUR + 1)
    const token = String(tokens.body.refresh_token)
    for (const scope of ['mcp:issue:create', EVERY_SCOPE]) {
      const refused = await refresh(server, clientId, token, { scope })
      expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
    }
    expect(await refresh(server, clientId, token)).toMatchObject({ status: 200, body: { scope: BASE } })
  })

  it('does not outlive its end in an access token', async () => {
    const { clientId, tokens } = await signInAndRedeem(server, { scope: EVERY_SCOPE }, elevated)
    await passTime(server, 8 * HOUR - 100)
    const last = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect(last.status).toBe(200)
    expect(Number(last.body.expires_in)).toBeLessThanOrEqual(100)
  })
})
