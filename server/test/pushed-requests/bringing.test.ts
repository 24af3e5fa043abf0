import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectPage, expectTaken, send } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, REDIRECT, redeem, refresh, register } from '../setup/flow.ts'
import { push, pushedUrl } from '../setup/push.ts'
import { auditEvents, passTime, query } from '../setup/state.ts'

const URN = 'urn:ietf:params:oauth:request_uri:'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

async function pushed(overrides: Record<string, string | undefined> = {}, client = clientId) {
  const request = authorization(server, client, overrides)
  const { body } = await push(server, request)
  return { request, uri: String(body.request_uri), url: pushedUrl(server, client, body.request_uri) }
}

describe('a request that was pushed', () => {
  it('is brought by the browser with no more than its name, and becomes tokens (AS-PAR-01)', async () => {
    const { request, url } = await pushed()
    const { params, code } = await approve(server, { url })
    expect([...params.keys()].sort()).toEqual(['code', 'iss', 'state'])
    expect(params.get('state')).toBe(request.state)
    const tokens = await redeem(server, request, code)
    expect(tokens).toMatchObject({ status: 200, body: { scope: 'mcp:repositories:list mcp:issue:read' } })
    expect((await refresh(server, clientId, String(tokens.body.refresh_token))).status).toBe(200)
  })

  it('counts once: brought again it is a page that says to start again, and the first goes on (A25, I5, AS-PAR-01)', async () => {
    const { request, url } = await pushed()
    const browser = createBrowser()
    const first = await browser.get(url)
    expect(first.headers.get('location')).toMatch(/sign-in$/)
    const html = await expectPage(send(server, url), 'invalid_request_uri')
    expect(html).toContain('start again')
    expect(html).toContain('<code>SALLYPORT_E_PUSHED_REQUEST</code>')
    const signIn = new URL(first.headers.get('location') ?? '', server.origin).href
    const { code } = await approve(server, { url: signIn }, {}, browser)
    expect((await redeem(server, request, code)).status).toBe(200)
    await expectPage(send(server, url), 'invalid_request_uri')
  })

  it('counts once without any page, too (A25, I5)', async () => {
    const { url } = await pushed({ prompt: 'none' })
    await expectPage(send(server, url), 'login_required')
    await expectPage(send(server, url), 'invalid_request_uri')
  })

  it('is over after a minute (A25, AS-PAR-01)', async () => {
    const { url } = await pushed()
    await passTime(server, 61)
    await expectPage(send(server, url), 'invalid_request_uri')
    const reasons = server.logged.map(({ detail }) => Object(detail).reason)
    expect(reasons).toContain('the pushed request is ended')
  })

  it('is good to its last second, by the clock of the database', async () => {
    const { url } = await pushed()
    await passTime(server, 55)
    await expectTaken(send(server, url))
  })

  it('cannot be guessed (A25)', async () => {
    for (const id of ['x', 'x'.repeat(43), '', '%00', '../x', 'x'.repeat(5_000)]) {
      const { kind, status } = await send(server, pushedUrl(server, clientId, URN + id))
      expect({ kind, status }, id.slice(0, 50)).toEqual({ kind: 'page', status: 400 })
    }
    await expectPage(send(server, pushedUrl(server, clientId, `${URN}${'x'.repeat(43)}`)), 'invalid_request_uri')
  })

  it('of one client is not brought by another one, who raises an alarm and does not use it up (A26)', async () => {
    const stranger = await register(server)
    const { uri, url } = await pushed()
    await expectPage(send(server, pushedUrl(server, stranger, uri)), 'invalid_request')
    expect((await auditEvents(server, 'client.refused')).at(-1)).toMatchObject({
      client_id: stranger,
      outcome: 'refused',
      detail: { reason: 'pushed-request-of-another-client', pushedBy: clientId },
    })
    await expectTaken(send(server, url))
  })

  it('says everything: what stands beside its name says nothing (A25)', async () => {
    const { request, uri } = await pushed({ max_age: undefined })
    const beside = {
      redirect_uri: 'https://evil.example/cb',
      state: 'evil',
      scope: 'mcp:issue:create',
      resource: 'https://evil.example/mcp',
      response_type: 'token',
      code_challenge: 'x'.repeat(43),
      prompt: 'none',
      max_age: '0',
      dpop_jkt: 'x'.repeat(43),
      request: 'e30.e30.',
    }
    const { code, params, url } = await approve(server, { url: pushedUrl(server, clientId, uri, beside) })
    expect(url.startsWith(REDIRECT)).toBe(true)
    expect(params.get('state')).toBe(request.state)
    const tokens = await redeem(server, request, code)
    expect(tokens).toMatchObject({ status: 200, body: { scope: 'mcp:repositories:list mcp:issue:read' } })
  })

  it('keeps what it said of max_age: a person who is signed in signs in again (RFC 9470 §4)', async () => {
    const browser = createBrowser()
    await approve(server, authorization(server, clientId), {}, browser)
    const fresh = await pushed({ max_age: '0' })
    expect((await browser.get(fresh.url)).headers.get('location')).toMatch(/sign-in$/)
    const plain = await pushed()
    expect((await browser.get(plain.url)).headers.get('location')).not.toMatch(/sign-in$/)
  })

  it('that named no resource makes a page that names it, as any request does', async () => {
    const { request, url } = await pushed({ resource: undefined })
    const { code, pages } = await approve(server, { url })
    expect(pages.map(({ html }) => html).join()).toContain('Demo')
    expect((await redeem(server, request, code, { resource: undefined })).status).toBe(200)
  })

  it('is gone from the database a minute later, used or not', async () => {
    await pushed()
    await passTime(server, 61)
    const { RETENTIONS } = await import('../../src/store/retention.ts')
    const over = RETENTIONS.find(({ table }) => table === 'pushed_requests')?.over
    const [row] = await query(server, `SELECT count(*)::int AS left FROM pushed_requests t WHERE NOT (${over})`)
    expect(row).toEqual({ left: 0 })
  })
})

describe('a client that must push', () => {
  it('by its own word hears so when it does not, and goes on when it does (AS-PAR-01)', async () => {
    const strict = await register(server, { require_pushed_authorization_requests: true })
    const html = await expectPage(ask(server, strict), 'invalid_request')
    expect(html).toContain('Pushed Authorization Request must be used')
    const { request, url } = await pushed({}, strict)
    const { code } = await approve(server, { url })
    expect((await redeem(server, request, code)).status).toBe(200)
  })

  it('by the settings, each or all of them, hears the same (AS-PAR-01, AS-DISC-17)', async () => {
    const client = { id: 'pushing', name: 'Pushing', redirectUris: [REDIRECT], requirePushedRequests: true }
    const strict = await startTestServer({ settings: { clients: [client] } })
    await expectPage(ask(strict, 'pushing'), 'invalid_request')
    await strict.close()
    const all = await startTestServer({ settings: { pushedRequests: { required: true } } })
    const metadata = await (await fetch(`${all.issuer}/.well-known/oauth-authorization-server`)).json()
    expect(metadata.require_pushed_authorization_requests).toBe(true)
    const anybody = await register(all)
    await expectPage(ask(all, anybody), 'invalid_request')
    const { body } = await push(all, authorization(all, anybody))
    await expectTaken(send(all, pushedUrl(all, anybody, body.request_uri)))
    await all.close()
  })
})
