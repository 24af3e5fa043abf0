import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Authorization, approve, authorization, type Callback, redeem, register } from '../setup/flow.ts'
import { auditEvents, passTime, query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const DEAD = { status: 400, body: { error: 'invalid_grant' } }

async function authorized(): Promise<{ request: Authorization; callback: Callback }> {
  const request = authorization(server, await register(server))
  return { request, callback: await approve(server, request) }
}

describe('a code that was not redeemed in time', () => {
  it('is refused a second after its minute, and nothing is called a replay (A92)', async () => {
    const { request, callback } = await authorized()
    await passTime(server, 61)
    expect(await redeem(server, request, callback.code)).toMatchObject(DEAD)
    expect(await auditEvents(server, 'grant.revoked')).toEqual([])
  })

  it('is redeemed in its last seconds', async () => {
    const { request, callback } = await authorized()
    await passTime(server, 50)
    expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200 })
  })

  it('ends by the clock of the database alone, whatever the processes think the time is (A92)', async () => {
    const { request, callback } = await authorized()
    // As if a process whose clock is two minutes late had issued it.
    await query(server, `UPDATE authorization_codes SET payload = payload || jsonb_build_object('iat', 1, 'exp', 61)`)
    expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200 })
  })
})

describe('a code whose grant is dead', () => {
  it.each([
    { because: 'the grant was revoked', end: `UPDATE grants SET revoked_at = now(), revoked_reason = 'x'` },
    { because: 'the grant is over', end: `UPDATE grants SET expires_at = now() - interval '1 second'` },
    { because: 'the consent was withdrawn', end: 'UPDATE consents SET withdrawn_at = now()' },
    { because: 'the account was disabled (A36)', end: 'UPDATE accounts SET disabled_at = now()' },
  ])('is refused: $because', async ({ end }) => {
    const { request, callback } = await authorized()
    await query(server, end)
    expect(await redeem(server, request, callback.code)).toMatchObject(DEAD)
    await query(server, 'UPDATE accounts SET disabled_at = NULL')
  })

  it('is refused: the client was removed', async () => {
    const { request, callback } = await authorized()
    expect(await server.store.clients.remove(request.clientId)).toBe('removed')
    expect([400, 401]).toContain((await redeem(server, request, callback.code)).status)
  })
})
