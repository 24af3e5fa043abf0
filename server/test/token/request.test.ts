import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, REDIRECT, redeem, register, signInAndRedeem, tokenRequest } from '../setup/flow.ts'

const FORM = 'application/x-www-form-urlencoded'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

const post = (body: BodyInit, headers: Record<string, string> = {}, query = '', path = '/token'): Promise<Response> =>
  fetch(`${server.issuer}${path}${query}`, { method: 'POST', body, headers: { 'Content-Type': FORM, ...headers } })

const form = (more = ''): string => `grant_type=authorization_code&code=x&client_id=${clientId}${more}`

async function expectJson(response: Response, status: number, error: string): Promise<void> {
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual({
    error,
    error_description: expect.any(String),
    error_code: expect.stringMatching(/^SALLYPORT_E_/),
    correlation_id: response.headers.get('x-correlation-id'),
  })
}

describe('the token endpoint', () => {
  it('answers with a token that nobody may store (AS-TK-01, AS-TK-02)', async () => {
    const { tokens } = await signInAndRedeem(server)
    expect(tokens.status).toBe(200)
    expect(tokens.headers.get('content-type')).toMatch(/^application\/json/)
    expect(tokens.headers.get('cache-control')).toBe('no-store')
    expect(tokens.body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: expect.any(String) })
    expect(tokens.body).not.toHaveProperty('id_token')
    expect(tokens.headers.getSetCookie()).toEqual([])
  })

  it.each(['text/html', 'text/html,application/xhtml+xml;q=0.9', '*/*', '', 'image/png'])(
    'answers in JSON to a client that accepts "%s" (AS-TK-03, AS-TK-04)',
    async (accept) => {
      await expectJson(await post(form(), { Accept: accept }), 400, 'invalid_grant')
      await expectJson(
        await post('client_id=nobody&grant_type=refresh_token', { Accept: accept }),
        401,
        'invalid_client',
      )
      const registration = await post('{}', { Accept: accept, 'Content-Type': 'application/json' }, '', '/register')
      await expectJson(registration, 400, 'invalid_redirect_uri')
    },
  )

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('refuses %s and names what it takes (A94)', async (method) => {
    const response = await fetch(`${server.issuer}/token`, { method })
    expect(response.headers.get('allow')).toBe('POST')
    await expectJson(response, 405, 'invalid_request')
  })

  it('refuses parameters in the address, where logs would keep them (A94, AS-TK-04)', async () => {
    await expectJson(await post(form(), {}, '?client_secret=hush'), 400, 'invalid_request')
    await expectJson(await post('', {}, `?${form()}`), 400, 'invalid_request')
    expect(JSON.stringify(server.logged)).not.toContain('hush')
  })

  it.each([
    { body: 'JSON', type: 'application/json', content: '{"grant_type":"refresh_token"}' },
    { body: 'a multipart form', type: 'multipart/form-data; boundary=x', content: '--x--' },
    { body: 'plain text', type: 'text/plain', content: 'grant_type=refresh_token' },
    { body: 'a form in UTF-16', type: `${FORM}; charset=utf-16le`, content: Buffer.from('grant_type=x', 'utf16le') },
    { body: 'a form in a charset nobody knows', type: `${FORM}; charset=nonsense`, content: 'grant_type=x' },
    { body: 'nothing', type: FORM, content: '' },
    { body: 'bytes that are no text', type: FORM, content: Buffer.from([0xff, 0xfe, 0x80]) },
  ])('refuses $body (A94)', async ({ type, content }) => {
    await expectJson(await post(content, { 'Content-Type': type }), 400, 'invalid_request')
  })

  it.each([
    { size: 57_345, how: 'one byte too many' },
    { size: 1_000_000, how: 'a megabyte' },
  ])('refuses $how with 413 (A94)', async ({ size }) => {
    await expectJson(await post('x'.repeat(size)), 413, 'invalid_request')
    const json = { 'Content-Type': 'application/json' }
    await expectJson(await post('x'.repeat(size), json, '', '/register'), 413, 'invalid_request')
  })

  it('refuses a megabyte that does not say how long it is (A94)', async () => {
    let left = 1_000
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        left -= 1
        if (left === 0) controller.close()
        else controller.enqueue(new Uint8Array(1_000).fill(120))
      },
    })
    const init = { method: 'POST', body, headers: { 'Content-Type': FORM }, duplex: 'half' } as const
    const answer = await fetch(`${server.issuer}/token`, init).then(
      (response) => response.status,
      () => 'closed',
    )
    expect([413, 'closed']).toContain(answer)
    await expectJson(await post(form()), 400, 'invalid_grant')
  })

  it.each(['grant_type', 'client_id', 'code', 'code_verifier', 'redirect_uri', 'client_secret'])(
    'refuses %s twice (A94, AS-AZ-14)',
    async (name) => {
      const twice = new URLSearchParams([...new URLSearchParams(form()), [name, 'a'], [name, 'b']])
      await expectJson(await post(twice), 400, 'invalid_request')
    },
  )

  it.each([
    { sent: 'two resources', resources: [RESOURCE, 'https://other.example/mcp'] },
    { sent: 'one resource twice', resources: [RESOURCE, RESOURCE] },
  ])('refuses $sent, because a token is for one (AS-RES-04, A124)', async ({ resources }) => {
    const request = authorization(server, clientId)
    const { code } = await approve(server, request)
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: REDIRECT,
      code_verifier: request.verifier,
    })
    for (const resource of resources) body.append('resource', resource)
    await expectJson(await post(body), 400, 'invalid_target')
    expect((await redeem(server, request, code)).status).toBe(200)
  })

  it('refuses more parameters than any client sends', async () => {
    await expectJson(await post(form('&a=1'.repeat(2_000))), 400, 'invalid_request')
  })

  it.each(['client_id', 'code', 'scope', 'refresh_token'])('refuses a null character in %s', async (name) => {
    await expectJson(await post(form(`&${name}=a%00b`)), 400, 'invalid_request')
  })

  it.each([
    'password',
    'implicit',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:device_code',
    '__proto__',
    'constructor',
  ])('does not know the grant type %s (A103)', async (grant_type) => {
    const { status, body } = await tokenRequest(server, { grant_type, client_id: clientId, resource: RESOURCE })
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'unsupported_grant_type' })
  })

  it('puts the exact reason of a refusal into the log, under the id of the answer (AS-OPS-05)', async () => {
    const { body } = await tokenRequest(server, {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: 'x',
    })
    const entry = server.logged.find(
      ({ level, detail }) => level === 'warn' && JSON.stringify(detail).includes(String(body.correlation_id)),
    )
    expect(entry?.detail).toMatchObject({ code: 'SALLYPORT_E_GRANT', clientId, reason: expect.any(String) })
    expect(body.error_description).not.toBe(Reflect.get(Object(entry?.detail), 'reason'))
  })
})
