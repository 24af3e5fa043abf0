import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../setup/guarded-server.ts'
import { type AdaptedServer, startAdaptedServer } from './adapted-server.ts'
import { ADAPTERS } from './adapter-table.ts'

const PAGE = 'https://inspector.example'

/** The JSON-RPC answer, whether it came as JSON or as an event. */
async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text()
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text)
}

describe.each(ADAPTERS)('what the adapter $name lets pass', (entry) => {
  let server: AdaptedServer
  beforeAll(async () => {
    server = await startAdaptedServer(entry, { allowedOrigins: [PAGE], legacy: true })
  })
  afterAll(() => server.close())

  it('runs a tool whose scopes are there, and tells it who calls (RS-TOK-10)', async () => {
    const token = await server.token({ scopes: ['mcp:issue:create'], subject: 'bob', clientId: 'client-7' })
    const response = await server.post(call('issue_create'), token)
    expect(response.status).toBe(200)
    expect(await answerOf(response)).toMatchObject({ id: 1, result: { content: [{ text: 'issue_create ran' }] } })
    expect(server.seen.at(-1)).toMatchObject({
      tool: 'issue_create',
      authInfo: {
        token: expect.stringMatching(/^at:[0-9a-f]{64}$/),
        clientId: 'client-7',
        scopes: ['mcp:issue:create'],
        expiresAt: expect.any(Number),
        extra: { sub: 'bob', iss: server.issuer.issuer },
      },
    })
  })

  it('counts a scope that implies another (RS-403-04)', async () => {
    const response = await server.post(call('issue_read'), await server.token({ scopes: ['mcp:issue:create'] }))
    expect(response.status).toBe(200)
  })

  it('shows the token to nobody behind it, in whatever shape the framework has headers (RS-DS-01, R29)', async () => {
    const token = await server.token()
    const before = server.seen.length
    expect((await server.post(call('whoami'), token, { 'x-kept': 'yes', dpop: 'proof-of-a-key' })).status).toBe(200)
    const seen = server.seen.slice(before)
    const everything = inspect(seen, { depth: 10, maxStringLength: null, maxArrayLength: null }).toLowerCase()
    expect(seen.at(-1)?.tool).toBe('whoami')
    // The signature alone would do for a search; that other headers are there shows that the search could find it.
    expect(everything).not.toContain(token.split('.')[2]?.toLowerCase())
    expect(everything).not.toContain('authorization')
    expect(everything).not.toContain('proof-of-a-key')
    expect(everything).toContain('x-kept')
  })

  it('asks for the token on every request (RS-TOK-02)', async () => {
    expect((await server.post(call('whoami'), await server.token())).status).toBe(200)
    expect((await server.post(call('whoami'))).status).toBe(401)
  })

  it('hands a batch of 2025-03-26 on as the batch that was judged (RS-403-06)', async () => {
    const token = await server.token({ scopes: ['mcp:issue:create'] })
    const before = server.seen.length
    const response = await server.post([call('whoami', 1), call('issue_create', 2)], token)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('issue_create ran')
    expect(server.seen.slice(before).flatMap(({ tool }) => tool ?? [])).toEqual(['whoami', 'issue_create'])
  })

  it('refuses text that two parsers could read differently, or hands on the one reading that it judged', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","name":"issue_create"}}'
    const before = server.seen.length
    const response = await server.post(body, await server.token())
    // A parser in front may have decided for the last one already, which needs a scope that the token lacks.
    expect(entry.parsedBefore ? [400, 403] : [400]).toContain(response.status)
    expect(server.seen).toHaveLength(before)
  })

  it('serves the metadata at its path, with a slash, and at the root of the origin (RS-PRM-01…05, T-05)', async () => {
    const root = `${server.origin}/.well-known/oauth-protected-resource`
    for (const url of [`${root}/mcp`, `${root}/mcp/`, root]) {
      const response = await fetch(url, { headers: { origin: 'https://anywhere.example' } })
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await response.json()).toMatchObject({
        resource: server.url,
        authorization_servers: [server.issuer.issuer],
      })
    }
    const head = await fetch(root, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await fetch(`${root}/other`)).status).toBe(404)
  })

  it('serves what clients of 2025-03-26 ask the origin for, when told to (RS-BC-01)', async () => {
    const response = await fetch(`${server.origin}/.well-known/oauth-authorization-server`)
    expect(await response.json()).toMatchObject({
      issuer: server.issuer.issuer,
      authorization_endpoint: `${server.issuer.issuer}/authorize?resource=${encodeURIComponent(server.url)}`,
    })
  })

  it('answers preflights without a token (RS-401-08, T-24)', async () => {
    const response = await fetch(server.url, {
      method: 'OPTIONS',
      headers: {
        origin: PAGE,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, mcp-param-region',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(response.headers.get('access-control-allow-headers')).toMatch(/authorization.*mcp-param-region/)
    expect(await response.text()).toBe('')
  })

  it('lets a page of an allowed origin read challenges and answers (RS-401-08, T-24)', async () => {
    for (const token of [undefined, await server.token()]) {
      const response = await server.post(call('whoami'), token, { origin: PAGE })
      expect(response.headers.get('access-control-allow-origin')).toBe(PAGE)
      expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
      expect(response.headers.get('vary')).toMatch(/origin/i)
    }
  })
})
