import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register } from '../setup/flow.ts'

const ORIGIN = 'https://inspector.example'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe.each([
  { path: '/.well-known/oauth-authorization-server', methods: 'GET, HEAD' },
  { path: '/.well-known/openid-configuration', methods: 'GET, HEAD' },
  { path: '/.well-known/jwks.json', methods: 'GET, HEAD' },
  { path: '/resources/demo/protected-resource-metadata', methods: 'GET, HEAD' },
  { path: '/token', methods: 'POST' },
  { path: '/par', methods: 'POST' },
  { path: '/register', methods: 'POST' },
  { path: '/revoke', methods: 'POST' },
])('a script of another origin at $path', ({ path, methods }) => {
  it('may send any header, MCP-Protocol-Version among them (AS-DISC-15, AS-TK-13)', async () => {
    const asked = 'authorization,content-type,mcp-protocol-version'
    const response = await fetch(server.issuer + path, {
      method: 'OPTIONS',
      headers: {
        Origin: ORIGIN,
        'Access-Control-Request-Method': methods.split(', ')[0] ?? '',
        'Access-Control-Request-Headers': asked,
      },
    })
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': methods,
      'access-control-allow-headers': asked,
      'access-control-max-age': '86400',
    })
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('reads the answer and its headers, and never sends cookies along (A48)', async () => {
    const method = methods.includes('POST') ? 'POST' : 'GET'
    const response = await fetch(server.issuer + path, { method, headers: { Origin: ORIGIN } })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
    expect(response.headers.getSetCookie()).toEqual([])
  })
})

describe('a script of another origin', () => {
  it('reads nothing of the authorization endpoint and its pages', async () => {
    const clientId = await register(server)
    const { url } = authorization(server, clientId)
    const { pathname } = new URL(url)
    for (const [method, target] of [
      ['GET', url],
      ['OPTIONS', server.issuer + pathname],
      ['GET', `${server.issuer}/authorize/some-interaction/consent`],
      ['GET', `${server.issuer}/logout`],
    ] as const) {
      const response = await fetch(target, { method, headers: { Origin: ORIGIN }, redirect: 'manual' })
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  it('cannot register by a request that needs no preflight (A48)', async () => {
    const response = await fetch(`${server.issuer}/register`, {
      method: 'POST',
      headers: { Origin: ORIGIN, 'Content-Type': 'text/plain' },
      body: JSON.stringify({ redirect_uris: ['https://app.example/callback'] }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })
})
