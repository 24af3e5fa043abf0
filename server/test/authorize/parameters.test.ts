import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACR } from '../../src/config/authentication-class.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, register } from '../setup/flow.ts'
import { rawRequest } from '../setup/raw-request.ts'
import { ask, askAgreed, authorizeUrl, expectPage, expectRefusal, expectTaken, type Overrides, send } from './ask.ts'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

describe('a parameter that is sent twice', () => {
  it.each([
    { name: 'response_type', values: ['code', 'code'] },
    { name: 'scope', values: ['mcp:issue:read', 'mcp:repositories:list'] },
    { name: 'code_challenge_method', values: ['S256', 'plain'] },
    { name: 'prompt', values: ['none', 'login'] },
    { name: 'max_age', values: ['1', '2'] },
  ])('is an error: $name (A13, AS-AZ-14)', async ({ name, values }) => {
    await expectRefusal(server, askAgreed(server, clientId, { [name]: values }), 'invalid_request')
  })

  it.each([
    { name: 'client_id', values: (id: string) => [id, 'other'] },
    { name: 'redirect_uri', values: () => ['http://127.0.0.1:51234/callback', 'https://evil.example'] },
  ])('redirects nowhere when it says where to: $name (A13)', async ({ name, values }) => {
    await expectPage(ask(server, clientId, { [name]: values(clientId) }), 'invalid_request')
  })

  it('is not echoed when it is the state (A13)', async () => {
    const answer = await askAgreed(server, clientId, { state: ['one', 'two'] })
    if (answer.kind !== 'callback') expect.fail('expected a redirect')
    expect(answer.url.searchParams.has('state')).toBe(false)
    expect(answer.url.searchParams.get('error')).toBe('invalid_request')
  })

  it('counts once when it is empty the other time (RFC 6749 §3.1)', async () => {
    await expectTaken(
      ask(server, clientId, { scope: ['', 'mcp:issue:read'], resource: ['', 'http://127.0.0.1:9401/mcp'] }),
    )
  })
})

describe('a parameter this server does not take', () => {
  const REFUSED: readonly { sent: string; params: Overrides; error: string }[] = [
    { sent: 'a request object (A24)', params: { request: 'e30.e30.e30' }, error: 'request_not_supported' },
    {
      sent: 'a request by reference (A24)',
      params: { request_uri: 'https://evil.example/r' },
      error: 'request_uri_not_supported',
    },
    { sent: 'a registration', params: { registration: '{}' }, error: 'registration_not_supported' },
    { sent: 'a prompt that nobody defined', params: { prompt: 'create' }, error: 'invalid_request' },
    { sent: 'prompt=none beside another', params: { prompt: 'none login' }, error: 'invalid_request' },
    { sent: 'response_mode=fragment (A16)', params: { response_mode: 'fragment' }, error: 'unsupported_response_mode' },
    {
      sent: 'response_mode=form_post (A16)',
      params: { response_mode: 'form_post' },
      error: 'unsupported_response_mode',
    },
    { sent: 'response_type=none (A16)', params: { response_type: 'none' }, error: 'unsupported_response_type' },
    { sent: 'no response_type', params: { response_type: undefined }, error: 'invalid_request' },
    { sent: 'max_age that is no number', params: { max_age: 'soon' }, error: 'invalid_request' },
    { sent: 'max_age below zero', params: { max_age: '-1' }, error: 'invalid_request' },
  ]

  it.each(REFUSED)('is refused: $sent', async ({ params, error }) => {
    await expectRefusal(server, askAgreed(server, clientId, params), error)
  })

  it('sends an error for a token where a client would look for a token, and never a token (A16, AS-AZ-01)', async () => {
    for (const response_type of ['token', 'code token', 'id_token token']) {
      const answer = await askAgreed(server, clientId, { response_type })
      if (answer.kind !== 'callback') expect.fail('expected a redirect')
      const params = new URLSearchParams(answer.url.hash.slice(1))
      expect(Object.fromEntries(params)).toMatchObject({ error: 'unsupported_response_type', iss: server.issuer })
      expect(params.has('access_token')).toBe(false)
    }
  })

  it.each([
    { sent: 'a nonce', params: { nonce: 'n' } },
    { sent: 'claims that are no JSON', params: { claims: '{' } },
    { sent: 'claims of an ID token', params: { claims: '{"id_token":{"email":{"essential":true}}}' } },
    { sent: 'a hint that is no token', params: { id_token_hint: 'x' } },
    { sent: 'a name nobody defined', params: { favourite_colour: 'blue' } },
    {
      sent: 'languages, a display and a login hint',
      params: { ui_locales: 'de', display: 'popup', login_hint: 'alice' },
    },
    { sent: 'max_age without openid', params: { max_age: '3600' } },
    { sent: 'acr_values without openid', params: { acr_values: `urn:example:strong ${ACR.password}` } },
    { sent: 'prompt=consent', params: { prompt: 'consent' } },
    { sent: 'prompt=login', params: { prompt: 'login' } },
    { sent: 'response_mode=query', params: { response_mode: 'query' } },
  ])('does not break what does not need it: $sent (AS-SC-07)', async ({ params }) => {
    await expectTaken(ask(server, clientId, params))
  })
})

describe('an authorization request without a session', () => {
  it('ends on a page for prompt=none, which says login_required and sets no cookie (AS-AZ-16, AS-AZ-11)', async () => {
    const answer = await ask(server, clientId, { prompt: 'none' })
    expect(answer.headers.getSetCookie()).toEqual([])
    await expectPage(Promise.resolve(answer), 'login_required')
  })
})

describe('a state', () => {
  it.each([
    { state: 'of every character that is visible', value: String.raw` !"#$%&'()*+,-./09:;<=>?@AZ[\]^_{|}~` },
    { state: 'of other scripts', value: 'Zustand – 状態 – 🏰' },
    { state: 'that is a page (A23)', value: '"><script>alert(1)</script>' },
    { state: 'with line ends (A12)', value: 'a\r\nSet-Cookie: b=c' },
    { state: 'of eight kilobytes, too large for a cookie (A22)', value: randomText(8_000) },
  ])('$state comes back as it was, with a code and with an error (AS-AZ-07)', async ({ value }) => {
    const request = authorization(server, clientId, { state: value })
    const browser = createBrowser()
    const { params, code } = await approve(server, request, {}, browser)
    expect(params.getAll('state')).toEqual([value])
    expect([...params.keys()].sort()).toEqual(['code', 'iss', 'state'])
    expect((await redeem(server, request, code)).status).toBe(200)
    const refused = await browser.get(authorizeUrl(server, clientId, { state: value, prompt: 'none' }))
    expect(new URL(refused.headers.get('location') ?? '').searchParams.get('state')).toBe(value)
  })

  it('that was not sent does not come back (AS-AZ-17)', async () => {
    const answer = await askAgreed(server, clientId, { state: undefined, prompt: 'none' })
    if (answer.kind !== 'callback') expect.fail('expected a redirect')
    expect(answer.url.searchParams.has('state')).toBe(false)
    const { params } = await approve(server, authorization(server, clientId, { state: undefined }))
    expect([...params.keys()].sort()).toEqual(['code', 'iss'])
  })
})

describe('an authorization request that is too much', () => {
  it('ends at the door with more state than headers may hold (A22)', async () => {
    const target = new URL(authorizeUrl(server, clientId, { state: 'x'.repeat(20_000) }))
    const answer = await rawRequest(server.origin, `GET ${target.pathname}${target.search} HTTP/1.1`, [
      `Host: ${target.host}`,
    ])
    expect(answer.status).toBe(431)
  })

  it('ends with 400 when it has more parameters than any client sends (A22)', async () => {
    const answer = await send(server, `${authorizeUrl(server, clientId)}${'&a=1'.repeat(2_000)}`)
    expect(answer).toMatchObject({ kind: 'page', status: 400 })
  })

  it.each(['client_id', 'scope', 'resource', 'state', 'login_hint'])(
    'ends with 400 for a null character in %s',
    async (name) => {
      expect(await ask(server, clientId, { [name]: 'a\0b' })).toMatchObject({ kind: 'page', status: 400 })
    },
  )

  it('ends with 405 as a post: parameters of a person do not come from a form of another site', async () => {
    const response = await fetch(`${server.issuer}/authorize`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId }),
    })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
  })
})

function randomText(length: number): string {
  return Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join('')
}
