import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

const METADATA_URL = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'
const INITIAL = 'scope="mcp:repositories:list mcp:issue:read"'

let issuer: TestIssuer
let server: GuardedServer

beforeAll(async () => {
  issuer = await startTestIssuer()
  server = await startGuardedServer(issuer)
})
afterAll(() => issuer.close())

describe('a request without credentials', () => {
  it('gets a challenge with metadata and scopes and without an error (RS-401-01…04, R01)', async () => {
    const response = await server.post(request('initialize'))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(`Bearer ${INITIAL}, resource_metadata="${METADATA_URL}"`)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).not.toHaveProperty('error')
    expect(server.arrivals).toHaveLength(0)
  })

  it.each(['GET', 'DELETE', 'PUT', 'PATCH'])(
    'by %s gets the challenge before any word about methods (RS-401-06, T-30)',
    async (method) => {
      const response = await server.send(RESOURCE, { method })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain(METADATA_URL)
    },
  )

  it('by HEAD gets the challenge without a body (RS-401-06)', async () => {
    const response = await server.send(RESOURCE, { method: 'HEAD' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain(METADATA_URL)
    expect(await response.text()).toBe('')
  })

  it('but with Basic gets the same challenge: that is no access token', async () => {
    const response = await server.post(request('ping'), undefined, { authorization: 'Basic dXNlcjpwYXNz' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).not.toContain('error')
  })

  it('but with a good token in a cookie is not let in (RS-TOK-01, R07)', async () => {
    const response = await server.post(request('ping'), undefined, { cookie: `access_token=${await issuer.sign()}` })
    expect(response.status).toBe(401)
  })

  it('but with a good token in the query is not let in (RS-TOK-01, R07)', async () => {
    const response = await server.send(`${RESOURCE}?access_token=${await issuer.sign()}`, {
      method: 'POST',
      body: '{}',
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('resource_metadata=')
  })

  it('but with a good token in a form is not let in (RS-TOK-01, R07)', async () => {
    const body = new URLSearchParams({ access_token: await issuer.sign() })
    expect((await server.send(RESOURCE, { method: 'POST', body })).status).toBe(401)
  })

  it('gets in only once it brings a token, and must bring it each time (RS-TOK-02)', async () => {
    const token = await issuer.sign()
    expect((await server.post(request('ping'), token)).status).toBe(200)
    expect((await server.post(request('ping'), undefined, { 'mcp-session-id': 'known' })).status).toBe(401)
  })
})

describe('malformed credentials get 400 invalid_request (RS-400-01, R07)', () => {
  it.each([
    { what: 'the scheme alone', authorization: 'Bearer' },
    { what: 'two tokens', authorization: 'Bearer a b' },
    { what: 'two headers', authorization: 'Bearer a, Bearer b' },
    { what: 'two schemes', authorization: 'Basic a, Bearer b' },
    { what: 'the scheme twice', authorization: 'Bearer Bearer a' },
    { what: 'characters no token has', authorization: 'Bearer a"b' },
    { what: 'no scheme', authorization: 'eyJhbGciOiJub25lIn0.e30.' },
  ])('$what', async ({ authorization }) => {
    const response = await server.post(request('ping'), undefined, { authorization })
    expect(response.status).toBe(400)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_request"')
    expect(response.headers.get('www-authenticate')).toContain(METADATA_URL)
  })

  it('a good token in the header and one in the query', async () => {
    const token = await issuer.sign()
    const init = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: '{}' }
    expect((await server.send(`${RESOURCE}?access_token=${token}`, init)).status).toBe(400)
  })
})

describe('a refused token', () => {
  it('that is expired and lacks the scope as well gets 401, not 403 (RS-401-05, T-29)', async () => {
    const response = await server.post(call('issue_create'), await issuer.sign({ exp: 1_000, iat: 900 }))
    expect(response.status).toBe(401)
    const challenge = response.headers.get('www-authenticate')
    expect(challenge).toContain('error="invalid_token"')
    expect(challenge).toContain(INITIAL)
  })

  it('gets a small JSON body and a challenge of one line of printable ASCII (RS-401-07)', async () => {
    const response = await server.post(request('ping'), 'garbage')
    expect(await response.json()).toEqual({ error: 'invalid_token', error_description: expect.any(String) })
    expect(response.headers.get('www-authenticate')).toMatch(/^[\x20-\x7e]+$/)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('what reaches the server', () => {
  it('has no Authorization header, and the access without the token (RS-DS-01, RS-TOK-10, R29)', async () => {
    const token = await issuer.sign({ act: { sub: 'agent-1' }, gid: 'g-1', scope: 'mcp:issue:read' })
    await server.post(call('issue_read'), token)
    const arrival = server.arrivals.at(-1)
    expect(arrival?.request.headers.get('authorization')).toBeNull()
    expect(arrival?.body).toBe(JSON.stringify(call('issue_read')))
    expect(arrival?.access).toMatchObject({
      subject: 'alice',
      clientId: 'client-1',
      scopes: ['mcp:issue:read'],
      actor: { sub: 'agent-1' },
      grantId: 'g-1',
      resource: RESOURCE,
    })
    expect(arrival?.access?.handle).toMatch(/^at:[0-9a-f]{64}$/)
    expect(JSON.stringify(arrival?.access)).not.toContain(token)
  })

  it('is a GET with a good token (legacy streams)', async () => {
    const headers = { authorization: `Bearer ${await issuer.sign()}`, 'last-event-id': '7' }
    expect((await server.send(RESOURCE, { headers })).status).toBe(200)
    expect(server.arrivals.at(-1)?.request.headers.get('last-event-id')).toBe('7')
  })

  it('is never a method whose body was not judged', async () => {
    const arrived = server.arrivals.length
    const headers = { authorization: `Bearer ${await issuer.sign()}` }
    const response = await server.send(RESOURCE, {
      method: 'PUT',
      headers,
      body: JSON.stringify(call('branch_delete')),
    })
    expect(response.status).toBe(405)
    expect(server.arrivals).toHaveLength(arrived)
  })
})
