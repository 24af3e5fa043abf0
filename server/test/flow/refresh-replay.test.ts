import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { auditEvents, passTime, query } from '../setup/state.ts'

const DEAD = { status: 400, body: { error: 'invalid_grant' } }
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

async function rotated(): Promise<{ clientId: string; old: string; live: string }> {
  const { clientId, tokens } = await signInAndRedeem(server)
  const old = String(tokens.body.refresh_token)
  const next = await refresh(server, clientId, old)
  expect(next.status).toBe(200)
  return { clientId, old, live: String(next.body.refresh_token) }
}

describe('a refresh token that was rotated away', () => {
  it.each([
    { because: 'as it was', how: {} },
    { because: 'asking for a scope it never had', how: { scope: 'mcp:issue:create' } },
    { because: 'naming another resource', how: { resource: 'https://nobody.example/mcp' } },
  ])('ends the family when it comes back after the window, $because (A104, AS-RT-02, I4)', async ({ how }) => {
    const { clientId, old, live } = await rotated()
    await passTime(server, 61)
    expect(await refresh(server, clientId, old, how)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, live)).toMatchObject(DEAD)
    const revoked = (await auditEvents(server, 'grant.revoked')).filter((event) => event.client_id === clientId)
    expect(revoked).toMatchObject([{ detail: { reason: 'refresh-token-replayed' } }])
    const refused = (await auditEvents(server, 'token.refused')).filter((event) => event.client_id === clientId)
    expect(refused[0]).toMatchObject({ detail: { killed: true, foreignClient: false } })
  })

  it('ends the family even when its own time is long over (A104, A113, I4)', async () => {
    const { clientId, old, live } = await rotated()
    await passTime(server, 20 * 86_400)
    const later = await refresh(server, clientId, live)
    expect(later.status).toBe(200)
    await passTime(server, 15 * 86_400)
    expect(await refresh(server, clientId, old)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, String(later.body.refresh_token))).toMatchObject(DEAD)
  })

  it('ends the family however far back it lies (A106)', async () => {
    const { clientId, old, live } = await rotated()
    let leaf = live
    for (let round = 0; round < 5; round += 1) leaf = String((await refresh(server, clientId, leaf)).body.refresh_token)
    expect(await refresh(server, clientId, old)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, leaf)).toMatchObject(DEAD)
  })

  it('ends its own grant and no other: a second machine with the same client id goes on', async () => {
    const clientId = await register(server)
    const machines = await Promise.all(
      ['one', 'two'].map(async () => {
        const request = authorization(server, clientId)
        const { code } = await approve(server, request, {}, createBrowser())
        return redeem(server, request, code)
      }),
    )
    const [first, second] = machines.map(({ body }) => String(body.refresh_token))
    const consents = await query(server, 'SELECT id FROM consents WHERE client_id = $1', [clientId])
    expect(consents).toHaveLength(1)
    const next = await refresh(server, clientId, String(first))
    await passTime(server, 61)
    expect(await refresh(server, clientId, String(first))).toMatchObject(DEAD)
    expect(await refresh(server, clientId, String(next.body.refresh_token))).toMatchObject(DEAD)
    expect((await refresh(server, clientId, String(second))).status).toBe(200)
  })
})
