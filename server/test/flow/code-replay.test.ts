import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { redeem, refresh, signInAndRedeem } from '../setup/flow.ts'
import { auditEvents, passTime, query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const DEAD = { status: 400, body: { error: 'invalid_grant' } }

describe('a code that comes a second time', () => {
  it('is refused and ends what the first time issued (A86)', async () => {
    const { request, callback, clientId, tokens } = await signInAndRedeem(server)
    const next = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect(next.status).toBe(200)
    expect(await redeem(server, request, callback.code)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, String(next.body.refresh_token))).toMatchObject(DEAD)
    const revoked = (await auditEvents(server, 'grant.revoked')).filter((event) => event.client_id === clientId)
    expect(revoked).toMatchObject([{ detail: { reason: 'code-replayed' } }])
    const refused = (await auditEvents(server, 'token.refused')).filter((event) => event.client_id === clientId)
    expect(refused[0]).toMatchObject({ detail: { killed: true, foreignClient: false } })
  })

  it('ends it however late it comes (A86, I4)', async () => {
    const { request, callback, clientId, tokens } = await signInAndRedeem(server)
    await passTime(server, 3_600)
    expect(await redeem(server, request, callback.code)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, String(tokens.body.refresh_token))).toMatchObject(DEAD)
  })

  it('ends nothing without its verifier, its redirect URI or its client, because then it is only a stolen string (A88, A89)', async () => {
    const { request, callback, clientId, tokens } = await signInAndRedeem(server)
    const { clientId: stranger } = await signInAndRedeem(server)
    for (const wrong of [
      { code_verifier: 'x'.repeat(43) },
      { redirect_uri: 'http://127.0.0.1:51234/other' },
      { client_id: stranger },
    ]) {
      expect(await redeem(server, request, callback.code, wrong)).toMatchObject(DEAD)
    }
    expect(await refresh(server, clientId, String(tokens.body.refresh_token))).toMatchObject({ status: 200 })
  })

  it('is recorded once: the third time finds the grant dead (A86)', async () => {
    const { request, callback, clientId } = await signInAndRedeem(server)
    for (let again = 0; again < 3; again += 1) expect(await redeem(server, request, callback.code)).toMatchObject(DEAD)
    const revoked = (await auditEvents(server, 'grant.revoked')).filter((event) => event.client_id === clientId)
    expect(revoked).toHaveLength(1)
    const live = await query(server, 'SELECT 1 FROM grants WHERE client_id = $1 AND revoked_at IS NULL', [clientId])
    expect(live).toEqual([])
  })
})
