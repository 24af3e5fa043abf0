import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
let server: GuardedServer

beforeAll(async () => {
  issuer = await startTestIssuer()
  server = await startGuardedServer(issuer)
})
afterAll(() => issuer.close())

const tokenWith = (scope: string): Promise<string> => issuer.sign({ scope })

describe('a valid token without scopes', () => {
  it.each(['initialize', 'server/discover', 'ping', 'tools/list', 'notifications/initialized'])(
    'may send %s',
    async (method) => {
      expect((await server.post(request(method), await tokenWith(''))).status).toBe(200)
    },
  )

  it('may call a tool that needs none', async () => {
    expect((await server.post(call('whoami'), await tokenWith(''))).status).toBe(200)
  })

  it('may answer a request of the server', async () => {
    expect((await server.post({ jsonrpc: '2.0', id: 1, result: {} }, await tokenWith(''))).status).toBe(200)
  })
})

describe('a call that lacks scopes', () => {
  it('gets 403 with every scope of the operation in one challenge, held or not (RS-403-01, RS-403-02, R08)', async () => {
    const response = await server.post(call('issue_triage'), await tokenWith('mcp:issue:read'))
    expect(response.status).toBe(403)
    const challenge = response.headers.get('www-authenticate')
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="mcp:issue:read mcp:label:write"')
    expect(challenge).toContain('resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"')
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope' })
  })

  it('passes once the token has them', async () => {
    const token = await tokenWith('mcp:issue:read mcp:label:write')
    expect((await server.post(call('issue_triage'), token)).status).toBe(200)
  })

  it('passes with a scope that implies the needed one, and not the other way round (RS-403-04, R09)', async () => {
    expect((await server.post(call('issue_read'), await tokenWith('mcp:issue:create'))).status).toBe(200)
    expect((await server.post(call('issue_create'), await tokenWith('mcp:issue:read'))).status).toBe(403)
  })

  it('is not helped by scopes that only look alike', async () => {
    const token = await tokenWith('MCP:ISSUE:READ mcp:issue:read2 mcp:issue mcp:*')
    expect((await server.post(call('issue_read'), token)).status).toBe(403)
  })
})

describe('a call that no scope opens (RS-403-07)', () => {
  it.each([
    { what: 'destructive', tool: 'branch_delete' },
    { what: 'admin', tool: 'secret_rotate' },
    { what: 'not listed', tool: 'mystery' },
    { what: 'listed in other case (R24)', tool: 'Issue_Read' },
    { what: 'listed without the space (R24)', tool: 'issue_read ' },
    { what: 'of the prototype (R24)', tool: '__proto__' },
    { what: 'of the constructor (R24)', tool: 'constructor' },
    { what: 'nameless', tool: '' },
  ])('ends in a tool error without a challenge when the tool is $what', async ({ tool }) => {
    const arrived = server.arrivals.length
    const response = await server.post(call(tool, 'id-7'), await tokenWith('mcp:issue:create mcp:label:write'))
    expect(response.status).toBe(200)
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 'id-7',
      result: { isError: true, content: [{ type: 'text', text: expect.stringContaining('approval') }] },
    })
    expect(server.arrivals).toHaveLength(arrived)
  })

  it('says that the result is complete to clients of 2026-07-28', async () => {
    const headers = { 'mcp-protocol-version': '2026-07-28' }
    const response = await server.post(call('branch_delete'), await tokenWith(''), headers)
    expect(await response.json()).toMatchObject({ result: { resultType: 'complete', isError: true } })
  })

  it('is dropped without an answer when it is a notification', async () => {
    const arrived = server.arrivals.length
    const notification = { jsonrpc: '2.0', method: 'tools/call', params: { name: 'branch_delete' } }
    expect((await server.post(notification, await tokenWith(''))).status).toBe(202)
    expect(server.arrivals).toHaveLength(arrived)
  })
})

describe('a batch (RS-403-06, R22)', () => {
  it('is refused as a whole when one member lacks scopes', async () => {
    const arrived = server.arrivals.length
    const response = await server.post(
      [request('tools/list'), call('issue_create', 2)],
      await tokenWith('mcp:issue:read'),
    )
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('scope="mcp:issue:create"')
    expect(server.arrivals).toHaveLength(arrived)
  })

  it('asks for the scopes of all its calls at once', async () => {
    const response = await server.post([call('issue_create', 1), call('issue_triage', 2)], await tokenWith(''))
    expect(response.headers.get('www-authenticate')).toContain(
      'scope="mcp:issue:create mcp:issue:read mcp:label:write"',
    )
  })

  it('runs nothing when one member needs an approval, and answers every member', async () => {
    const response = await server.post([call('whoami', 1), call('branch_delete', 2)], await tokenWith(''))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject([
      { id: 1, error: { code: -32600 } },
      { id: 2, result: { isError: true } },
    ])
  })

  it('passes when every member may run', async () => {
    expect((await server.post([call('whoami', 1), request('ping', {}, 2)], await tokenWith(''))).status).toBe(200)
  })

  it.each([
    { what: 'empty', batch: [] },
    { what: 'longer than its limit', batch: Array(101).fill(request('ping')) },
  ])('is 400 when it is $what', async ({ batch }) => {
    expect((await server.post(batch, await tokenWith(''))).status).toBe(400)
  })
})

describe('publicDiscovery', () => {
  it('opens server/discover alone, and only when it is set', async () => {
    const open = await startGuardedServer(issuer, { publicDiscovery: true })
    expect((await open.post(request('server/discover'))).status).toBe(200)
    expect(open.arrivals.at(-1)?.access).toBeUndefined()
    expect((await server.post(request('server/discover'))).status).toBe(401)
    for (const body of [
      request('initialize'),
      request('tools/list'),
      call('whoami'),
      [request('server/discover')],
      '{',
    ]) {
      expect((await open.post(body)).status).toBe(401)
    }
  })

  it('does not excuse a bad token, or one in the query', async () => {
    const open = await startGuardedServer(issuer, { publicDiscovery: true })
    expect((await open.post(request('server/discover'), 'garbage')).status).toBe(401)
    const init = { method: 'POST', body: JSON.stringify(request('server/discover')) }
    expect((await open.send(`${RESOURCE}?access_token=x`, init)).status).toBe(401)
  })
})

describe('scopesFor', () => {
  it('answers the scopes of a tool, none, or undefined when no scope opens it', () => {
    expect(server.guard.scopesFor('issue_triage')).toEqual(['mcp:issue:read', 'mcp:label:write'])
    expect(server.guard.scopesFor('whoami')).toEqual([])
    expect(server.guard.scopesFor('branch_delete')).toBeUndefined()
    expect(server.guard.scopesFor('mystery')).toBeUndefined()
  })

  it('answers none for any tool when authentication was said to be enough', async () => {
    const open = await startGuardedServer(issuer, { tools: 'authenticated-only' })
    expect(open.guard.scopesFor('mystery')).toEqual([])
    expect((await open.post(call('mystery'), await tokenWith(''))).status).toBe(200)
  })
})
