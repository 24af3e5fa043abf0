import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register } from '../setup/flow.ts'
import { rawRequest } from '../setup/raw-request.ts'

const ISSUER = 'https://auth.example.com/tenant'
const METADATA = '/.well-known/oauth-authorization-server/tenant'

/** Everything a caller can say about who it talks to. */
const FORGERIES = [
  { said: 'another Host', line: `GET ${METADATA} HTTP/1.1`, headers: ['Host: evil.example'] },
  { said: 'no Host at all', line: `GET ${METADATA} HTTP/1.0`, headers: [] },
  {
    said: 'X-Forwarded-*',
    line: `GET ${METADATA} HTTP/1.1`,
    headers: [
      'Host: auth.example.com',
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Host: evil2.example',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Port: 81',
      'X-Forwarded-Prefix: /evil',
      'X-Forwarded-Server: evil.example',
    ],
  },
  {
    said: 'Forwarded',
    line: `GET ${METADATA} HTTP/1.1`,
    headers: ['Host: auth.example.com', 'Forwarded: host=evil.example;proto=http'],
  },
  {
    said: 'an absolute request line',
    line: `GET http://evil.example${METADATA} HTTP/1.1`,
    headers: ['Host: evil.example'],
  },
  {
    said: 'an absolute request line beside the right Host',
    line: `GET https://evil.example${METADATA} HTTP/1.1`,
    headers: ['Host: auth.example.com'],
  },
]

describe('a server behind an https issuer', () => {
  let server: TestServer
  let expected: string
  beforeAll(async () => {
    server = await startTestServer({ settings: { mode: 'serve', issuer: ISSUER } })
    expected = await (await fetch(server.origin + METADATA)).text()
  })
  afterAll(() => server.close())

  it('takes every address from the issuer (AS-DISC-04, AS-OPS-01)', () => {
    const document: Record<string, unknown> = JSON.parse(expected)
    expect(document.issuer).toBe(ISSUER)
    const addresses = Object.entries(document).filter(([name]) => /_endpoint$|_uri$/.test(name))
    expect(addresses).toHaveLength(7)
    for (const [, address] of addresses) expect(address).toMatch(/^https:\/\/auth\.example\.com\/tenant\//)
  })

  it.each(FORGERIES)('says the same to a request with $said (A41)', async ({ line, headers }) => {
    const answer = await rawRequest(server.origin, line, headers)
    expect(answer.status).toBe(200)
    expect(answer.body).toBe(expected)
  })

  it.each(FORGERIES)('sends a browser nowhere else for $said (A41)', async ({ line, headers }) => {
    const clientId = await register({ ...server, issuer: `${server.origin}/tenant` })
    const { search } = new URL(authorization(server, clientId).url)
    const target = line.replace(METADATA, `/tenant/authorize${search}`)
    const answer = await rawRequest(server.origin, target, headers)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/^\/tenant\/authorize\/[\w-]+\/sign-in$/)
    expect(answer.headers.get('set-cookie')).toContain('__Secure-')
    const refused = await rawRequest(server.origin, `${target.replace('S256', 'plain')}`, headers)
    expect({ status: refused.status, location: refused.headers.get('location') }).toEqual({
      status: 400,
      location: undefined,
    })
    expect(refused.body).toContain(`<b class="issuer">${new URL(ISSUER).host}</b>`)
    expect(refused.body).not.toContain('evil')
  })

  it('has nothing outside of its path', async () => {
    for (const path of ['/token', '/tenant', '/tenantx/token', '/', '//tenant/token', '/tenant/../token']) {
      const answer = await rawRequest(server.origin, `GET ${path} HTTP/1.1`, ['Host: auth.example.com'])
      expect({ path, status: answer.status }).toEqual({ path, status: 404 })
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    }
  })
})

describe('a server for development', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.close())

  const line = 'GET /.well-known/oauth-authorization-server HTTP/1.1'

  it.each([
    { name: 'a name made to point here', host: 'evil.example' },
    { name: 'localhost, which is not its issuer', host: 'localhost' },
    { name: 'the address without the port', host: '127.0.0.1' },
  ])('refuses $name (A41)', async ({ host }) => {
    const { port } = new URL(server.origin)
    const answer = await rawRequest(server.origin, line, [`Host: ${host === '127.0.0.1' ? host : `${host}:${port}`}`])
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_request', error_code: 'SALLYPORT_E_REQUEST' })
  })

  it('believes no X-Forwarded-Host that says otherwise', async () => {
    const { host } = new URL(server.origin)
    const answer = await rawRequest(server.origin, line, [`Host: ${host}`, 'X-Forwarded-Host: evil.example'])
    expect(answer.status).toBe(200)
    expect(answer.body).not.toContain('evil')
  })
})
