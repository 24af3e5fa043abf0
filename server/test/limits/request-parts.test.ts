import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HEADERS_MAX } from '../../src/http/limits/headers.ts'
import { nestingOf } from '../../src/http/limits/nesting.ts'
import { sourceOf } from '../../src/http/limits/source.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register, tokenRequest } from '../setup/flow.ts'
import { rawRequest } from '../setup/raw-request.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('a request', () => {
  it('with more headers than any client sends is refused, however short they are (A42)', async () => {
    const { host } = new URL(server.origin)
    const line = 'GET /.well-known/jwks.json HTTP/1.1'
    const ask = (count: number) =>
      rawRequest(server.origin, line, [`Host: ${host}`, ...Array.from({ length: count }, () => 'X: 1')])
    // Host and Connection are two more.
    expect((await ask(HEADERS_MAX - 2)).status).toBe(200)
    for (const count of [HEADERS_MAX - 1, 500]) {
      const answer = await ask(count)
      expect(answer.status).toBe(431)
      expect(JSON.parse(answer.body)).toMatchObject({ error_code: 'SALLYPORT_E_TOO_LARGE' })
    }
  })

  it('with a body that is nested without end is refused before anything looks into it', async () => {
    const post = (body: string) =>
      fetch(`${server.origin}/register`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    for (const body of ['['.repeat(50_000), `{"redirect_uris":${'['.repeat(40)}${']'.repeat(40)}}`]) {
      const answer = await post(body)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ error_description: 'The body is nested too deeply.' })
    }
    const brackets = { redirect_uris: ['https://app.example/cb'], client_name: `"\\${'['.repeat(100)}` }
    expect((await post(JSON.stringify(brackets))).status).toBe(201)
  })

  it('with more than a thousand scopes is refused', async () => {
    const scope = Array.from({ length: 1_001 }, (_, at) => `s${at}`).join(' ')
    const clientId = await register(server)
    const authorize = await fetch(authorization(server, clientId, { scope }).url, { redirect: 'manual' })
    expect(authorize.status).toBe(400)
    expect(await authorize.text()).toContain('There are too many scopes.')
    expect(await tokenRequest(server, { grant_type: 'refresh_token', client_id: clientId, scope })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'There are too many scopes.' },
    })
  })
})

describe('the nesting of a JSON text', () => {
  it('is how deep its lists and objects lie in each other, whatever stands in its texts', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.string(),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }))
    fc.assert(
      fc.property(value, (json) => {
        expect(nestingOf(Buffer.from(JSON.stringify(json)))).toBe(depthOf(json))
      }),
    )
  })
})

describe('the source of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [undefined, undefined],
  ])('%s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source)
  })
})

function depthOf(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 0
  return 1 + Math.max(0, ...Object.values(json).map(depthOf))
}
