import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

const INSPECTOR = 'http://localhost:6274'

let issuer: TestIssuer
let server: GuardedServer
let token: string

beforeAll(async () => {
  issuer = await startTestIssuer()
  server = await startGuardedServer(issuer, { allowedOrigins: [INSPECTOR], allowedHosts: ['10.0.0.7:3000'] })
  token = await issuer.sign()
})
afterAll(() => issuer.close())

describe('Origin (RS-TR-01, R14)', () => {
  it.each([
    'http://evil.example',
    'null',
    'https://mcp.example.com.evil.example',
    'http://mcp.example.com',
    'http://localhost:6275',
  ])('that is foreign gets 403, with a good token too: %s', async (origin) => {
    const arrived = server.arrivals.length
    expect((await server.post(request('ping'), token, { origin })).status).toBe(403)
    expect((await server.send(RESOURCE, { method: 'OPTIONS', headers: { origin } })).status).toBe(403)
    expect(server.arrivals).toHaveLength(arrived)
  })

  it.each(['https://mcp.example.com', INSPECTOR])('that is allowed may read the answer: %s', async (origin) => {
    const response = await server.post(request('ping'), token, { origin })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('Host (RS-TR-02, R14)', () => {
  it.each(['evil.example', 'localhost', 'mcp.example.com:8443', '127.0.0.1', 'mcp.example.com, evil.example'])(
    'that is not ours gets 400: %s',
    async (host) => {
      expect((await server.post(request('ping'), token, { host })).status).toBe(400)
      const url = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'
      expect((await server.send(url, { headers: { host } })).status).toBe(400)
    },
  )

  it.each(['mcp.example.com', 'MCP.example.com', 'mcp.example.com:443', '10.0.0.7:3000'])(
    'that is ours passes: %s',
    async (host) => {
      expect((await server.post(request('ping'), token, { host })).status).toBe(200)
    },
  )

  it('is taken from the URL where the runtime shows no header', async () => {
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(request('ping')),
    }
    expect((await server.send('https://evil.example/mcp', init)).status).toBe(400)
  })

  it('is never taken from what a proxy header claims', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'mcp.example.com' }
    expect((await server.post(request('ping'), token, headers)).status).toBe(400)
  })
})

describe('CORS (RS-401-08, T-24, R31)', () => {
  it('answers a preflight without a token, and allows what MCP clients send', async () => {
    const response = await server.send(RESOURCE, {
      method: 'OPTIONS',
      headers: {
        origin: INSPECTOR,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, mcp-param-region, x-evil',
      },
    })
    expect(response.status).toBe(204)
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ')
    for (const name of [
      'authorization',
      'content-type',
      'mcp-protocol-version',
      'mcp-method',
      'mcp-name',
      'mcp-session-id',
      'last-event-id',
      'dpop',
      'mcp-param-region',
    ]) {
      expect(allowed).toContain(name)
    }
    expect(allowed).not.toContain('x-evil')
    expect(response.headers.get('access-control-allow-methods')).toContain('POST')
  })

  it('lets a page read the challenge', async () => {
    const response = await server.post(request('initialize'), undefined, { origin: INSPECTOR })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe(INSPECTOR)
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    expect(response.headers.get('vary')).toBe('Origin')
  })
})
