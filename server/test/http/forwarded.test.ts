import { afterEach, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer, type TestServerOptions } from '../setup/authorization-server.ts'
import { signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'

let server: TestServer
afterEach(() => server.close())

const FORGED = '203.0.113.66'

async function startBehind(trustedProxies: readonly string[], settings: TestServerOptions['settings'] = {}) {
  server = await startTestServer({ settings: { trustedProxies, ...settings } })
}

/** Asks for a token with nothing of value, which is refused and logged. */
async function ask(headers: Record<string, string>): Promise<void> {
  await fetch(`${server.origin}/token`, { method: 'POST', headers, body: new URLSearchParams({ grant_type: 'none' }) })
}

const addressesLogged = () =>
  server.logged
    .filter(({ message }) => /^request$|refused/.test(message))
    .map(({ detail }) => Reflect.get(Object(detail), 'address'))

describe('X-Forwarded-For', () => {
  it('from somebody who is not a trusted proxy is not believed, and the operator hears of it once [A41]', async () => {
    await startBehind(['10.0.0.0/8'])
    for (const _ of [1, 2]) await ask({ 'X-Forwarded-For': FORGED, Forwarded: `for=${FORGED}`, 'X-Real-IP': FORGED })
    expect(new Set(addressesLogged())).toEqual(new Set(['127.0.0.1']))
    expect(addressesLogged().length).toBeGreaterThanOrEqual(4)
    expect(JSON.stringify(server.logged)).not.toContain(FORGED)
    expect(server.logged.filter(({ message }) => message.startsWith('X-Forwarded-For is not read'))).toHaveLength(1)
  })

  it('from a trusted proxy names the caller in the log of requests and of refusals [AS-OPS-01]', async () => {
    await startBehind(['127.0.0.0/8'])
    await ask({ 'X-Forwarded-For': `${FORGED}, 198.51.100.7` })
    expect(new Set(addressesLogged())).toEqual(new Set(['198.51.100.7']))
    expect(JSON.stringify(server.logged)).not.toContain(FORGED)
  })

  it('changes nothing that is answered, and is kept in no table', async () => {
    await startBehind(['127.0.0.0/8'])
    const metadata = async (headers: Record<string, string>) =>
      (await fetch(`${server.origin}/.well-known/oauth-authorization-server`, { headers })).text()
    const said = { 'X-Forwarded-For': FORGED, 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'evil.example' }
    expect(await metadata(said)).toBe(await metadata({}))
    const { fetch: bare } = globalThis
    vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
      const headers = new Headers(init?.headers)
      headers.set('X-Forwarded-For', FORGED)
      return bare(url, { ...init, headers })
    })
    await signInAndRedeem(server)
    await ask({})
    vi.restoreAllMocks()
    // The log has it, so the flow did come with it.
    expect(addressesLogged()).toContain(FORGED)
    const tables = await query(
      server,
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    )
    expect(tables.length).toBeGreaterThan(8)
    for (const { name } of tables) {
      expect(JSON.stringify(await query(server, `SELECT t::text AS row FROM "${name}" t`))).not.toContain(FORGED)
    }
  })
})

describe('X-Forwarded-Proto', () => {
  it('http from a trusted proxy of an https issuer is told the operator, and makes no address', async () => {
    await startBehind(['127.0.0.0/8'], { issuer: 'https://auth.example.com', mode: 'serve' })
    const url = `${server.origin}/.well-known/oauth-authorization-server`
    const body = await (await fetch(url, { headers: { 'X-Forwarded-Proto': 'http' } })).text()
    expect(body).toContain('"https://auth.example.com/token"')
    expect(
      server.logged.filter(({ detail }) => Reflect.get(Object(detail), 'code') === 'SALLYPORT_W_PLAIN_HTTP'),
    ).toHaveLength(1)
  })
})
