import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, request } from '../setup/guarded-server.ts'
import { type AdaptedServer, startAdaptedServer } from './adapted-server.ts'
import { ADAPTERS } from './adapter-table.ts'

const LIST = request('tools/list')

describe.each(ADAPTERS)('refusals by the adapter $name', (entry) => {
  let server: AdaptedServer
  beforeAll(async () => {
    server = await startAdaptedServer(entry)
  })
  afterAll(() => server.close())

  it('answers 401 without a token, with metadata and scopes and without an error code (RS-401-01…04, RS-401-07)', async () => {
    const response = await server.post(LIST)
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer scope="mcp:repositories:list mcp:issue:read", resource_metadata="${server.origin}/.well-known/oauth-protected-resource/mcp"`,
    )
    expect(await response.json()).toMatchObject({ resource_metadata: expect.any(String) })
  })

  it.each(['GET', 'HEAD', 'DELETE', 'PATCH'])(
    'challenges a %s before it says anything about methods (RS-401-06)',
    async (method) => {
      const response = await fetch(server.url, { method })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('resource_metadata=')
    },
  )

  it('answers 401 invalid_token to the token of another resource (RS-TOK-03)', async () => {
    const response = await server.post(LIST, await server.token({ resource: `${server.origin}/other` }))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(server.logged).toContain('SALLYPORT_E_TOKEN_AUDIENCE')
  })

  it('answers 401, not 403, to an expired token that would also lack the scope (RS-401-05)', async () => {
    const response = await server.post(call('issue_create'), await server.token({ lifetimeSeconds: -60 }))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('The access token has expired')
  })

  it('answers 403 with all scopes of the operation, the held one included (RS-403-01, RS-403-02)', async () => {
    const response = await server.post(call('issue_triage'), await server.token({ scopes: ['mcp:issue:read'] }))
    expect(response.status).toBe(403)
    const challenge = response.headers.get('www-authenticate')
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="mcp:issue:read mcp:label:write"')
    expect(challenge).toContain(`resource_metadata="${server.origin}/.well-known/oauth-protected-resource/mcp"`)
  })

  it('answers 403 to a whole batch when one call of it lacks a scope (RS-403-06)', async () => {
    const batch = [call('whoami', 1), call('issue_create', 2)]
    const response = await server.post(batch, await server.token({ scopes: ['mcp:issue:read'] }))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('scope="mcp:issue:create"')
    expect(server.seen.map(({ tool }) => tool)).not.toContain('whoami')
  })

  it.each(['branch_delete', 'secret_rotate', 'not_listed'])(
    'answers a tool error for %s, which no scope opens (RS-403-07)',
    async (tool) => {
      const response = await server.post(call(tool), await server.token({ scopes: ['mcp:issue:create'] }))
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ id: 1, result: { isError: true } })
      expect(server.seen.map((seen) => seen.tool)).not.toContain(tool)
    },
  )

  it('sees both of two Authorization headers (RS-400-01, R07)', async () => {
    const token = await server.token()
    const authorization = [`Bearer ${token}`, `Bearer ${token}`]
    expect(await server.raw('POST', { authorization }, JSON.stringify(LIST))).toBe(400)
  })

  it('does not take a token from the query (RS-TOK-01, R07)', async () => {
    const response = await fetch(`${server.url}?access_token=${await server.token()}`)
    expect(response.status).toBe(401)
  })

  it.each(['evil.example', 'a b', '127.0.0.1'])('refuses the Host %j (RS-TR-02, R14)', async (host) => {
    const authorization = `Bearer ${await server.token()}`
    const status = await server.raw('POST', { authorization, host }, JSON.stringify(LIST))
    expect([400, 403]).toContain(status)
  })

  it.each(['https://evil.example', 'null'])('refuses the Origin %s (RS-TR-01, R14)', async (origin) => {
    const response = await server.post(LIST, await server.token(), { origin })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('answers 503 and when to come back while the keys cannot be had, never 401 (RS-401-09)', async () => {
    const lonely = await startAdaptedServer(entry)
    lonely.issuer.setReachable(false)
    const response = await lonely.post(LIST, await lonely.token())
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('2')
    await lonely.close()
  })
})

describe.each(ADAPTERS.filter(({ parsedBefore }) => parsedBefore === undefined))('bodies before $name', (entry) => {
  it('are not read before there is a good token, whatever they are (RS-401-06)', async () => {
    const server = await startAdaptedServer(entry)
    for (const type of ['application/json', 'application/x-nothing', 'text/plain']) {
      expect((await server.post('{', undefined, { 'content-type': type })).status).toBe(401)
    }
    await server.close()
  })

  it('are refused when they are larger than any call', async () => {
    const server = await startAdaptedServer(entry)
    const response = await server.post(' '.repeat(4_194_305), await server.token())
    expect(response.status).toBe(413)
    await server.close()
  })
})
