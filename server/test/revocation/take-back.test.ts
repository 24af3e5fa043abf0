import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, signInAndRedeem } from '../setup/flow.ts'
import { auditEvents, query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const BOTH = 'mcp:issue:read mcp:issue:create'
const ALL_TICKED = { scopes: BOTH.split(' ') }

/** A client that may read and write, and the consent it was given. */
async function readsAndWrites() {
  const { clientId, request, tokens } = await signInAndRedeem(server, { scope: BOTH }, ALL_TICKED)
  const [consent] = await server.store.consentList.list({ clientId }, now())
  if (consent === undefined) throw new Error('there is no consent')
  const [{ account_id: accountId } = {}] = await query(server, 'SELECT account_id FROM consents WHERE id = $1', [
    consent.id,
  ])
  const takeBack = (scope: string, whose = String(accountId)) =>
    server.store.consentList.takeBack({ consentId: consent.id, accountId: whose, scope })
  return { clientId, request, consent, takeBack, refreshToken: String(tokens.body.refresh_token) }
}

const now = (): number => Math.floor(Date.now() / 1000)

describe('one permission that is taken back', () => {
  it('is in no token from then on, while the others go on (I3, AS-RT-07)', async () => {
    const { clientId, takeBack, refreshToken } = await readsAndWrites()
    expect(await takeBack('mcp:issue:create')).toBe(true)
    const { status, body } = await refresh(server, clientId, refreshToken)
    expect(status).toBe(200)
    expect(body.scope).toBe('mcp:issue:read')
    expect(decodeJwt(String(body.access_token)).scope).toBe('mcp:issue:read')
  })

  it('can no longer be asked for by refresh', async () => {
    const { clientId, takeBack, refreshToken } = await readsAndWrites()
    await takeBack('mcp:issue:create')
    const { status, body } = await refresh(server, clientId, refreshToken, { scope: BOTH })
    expect(status === 400 || body.scope === 'mcp:issue:read').toBe(true)
  })

  it('is asked for anew when the client comes back for it', async () => {
    const { clientId, takeBack } = await readsAndWrites()
    await takeBack('mcp:issue:create')
    const { pages } = await approve(server, authorization(server, clientId, { scope: BOTH }), ALL_TICKED)
    const asked = pages.flatMap(({ html }) =>
      [...html.matchAll(/name="scope" value="([^"]+)"/g)].map(([, scope]) => scope),
    )
    expect(asked).toEqual(['mcp:issue:create'])
  })

  it('leaves no token at all where it was the only one', async () => {
    const { clientId, takeBack, refreshToken } = await readsAndWrites()
    await takeBack('mcp:issue:create')
    await takeBack('mcp:issue:read')
    expect(await refresh(server, clientId, refreshToken)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect(await server.store.consentList.list({ clientId }, now())).toEqual([])
  })

  it('is recorded', async () => {
    const { clientId, takeBack } = await readsAndWrites()
    await takeBack('mcp:issue:create')
    const events = (await auditEvents(server, 'consent.narrowed')).filter((event) => event.client_id === clientId)
    expect(events).toMatchObject([
      { outcome: 'allowed', resource_uri: RESOURCE, detail: { scope: 'mcp:issue:create' } },
    ])
  })

  it('is taken back by nobody else, and not twice', async () => {
    const { takeBack } = await readsAndWrites()
    expect(await takeBack('mcp:issue:create', 'somebody-else')).toBe(false)
    expect(await takeBack('mcp:issue:create')).toBe(true)
    expect(await takeBack('mcp:issue:create')).toBe(false)
  })

  it('waits in no code: what was agreed a moment ago is redeemed without it (I6)', async () => {
    const { clientId, takeBack } = await readsAndWrites()
    const request = authorization(server, clientId, { scope: BOTH })
    const { code } = await approve(server, request, ALL_TICKED)
    await takeBack('mcp:issue:create')
    const { body } = await redeem(server, request, code)
    expect(body.scope).toBe('mcp:issue:read')
  })
})

describe('a consent that is withdrawn', () => {
  it('ends every grant made from it, on every machine, and no other (I3, AS-RT-07)', async () => {
    const mine = await readsAndWrites()
    const other = await readsAndWrites()
    const elsewhere = authorization(server, mine.clientId, { scope: BOTH })
    const { code } = await approve(server, elsewhere, { ...ALL_TICKED, password: PASSWORD }, createBrowser())
    const second = await redeem(server, elsewhere, code)
    const counts = await server.store.consentList.withdraw({ consentId: mine.consent.id })
    expect(counts).toEqual({ consents: 1, grants: 2 })
    for (const token of [mine.refreshToken, String(second.body.refresh_token)])
      expect((await refresh(server, mine.clientId, token)).body.error).toBe('invalid_grant')
    expect((await refresh(server, other.clientId, other.refreshToken)).status).toBe(200)
  })
})
