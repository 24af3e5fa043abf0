import { once } from 'node:events'
import { request } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type DemoServer, startDemoServer } from '../../src/dev/demo-server.ts'
import { createEgress, type Egress } from '../../src/egress/index.ts'
import { generateClientKey } from '../../src/keys/client-key.ts'
import { makeDevSettings } from './dev-settings.ts'
import { type FixtureIssuer, makeIssuer } from './fixtures/issuer.ts'

const FIRST = 'mcp:repositories:list mcp:issue:read'
const EVERYTHING = `${FIRST} mcp:issue:create mcp:url:fetch`

const toolResult = z.object({ isError: z.boolean().optional(), content: z.array(z.object({ text: z.string() })) })

describe('the demo MCP server', () => {
  let issuer: FixtureIssuer
  let demo: DemoServer
  let egress: Egress
  beforeAll(async () => {
    const { listen, demo: demoSettings, egress: closed } = makeDevSettings('/nowhere')
    egress = createEgress({ settings: closed })
    issuer = await makeIssuer(listen.port)
    const client = { id: 'resource-sallyport-demo', key: (await generateClientKey()).privateJwk }
    demo = await startDemoServer({
      issuer: issuer.issuer,
      port: demoSettings.port,
      egress,
      downstream: { url: `http://127.0.0.1:${demoSettings.downstreamPort}`, client },
      log: () => {},
    })
  })
  afterAll(async () => {
    await demo.close()
    await egress.close()
    await issuer.close()
  })

  const call = async (scope: string, name: string, input: Record<string, unknown> = {}) => {
    const headers = { authorization: `Bearer ${await issuer.mint(demo.url, scope)}` }
    const transport = new StreamableHTTPClientTransport(new URL(demo.url), { requestInit: { headers } })
    const client = new Client({ name: 'test', version: '1' })
    await client.connect(transport)
    try {
      const { isError = false, content } = toolResult.parse(await client.callTool({ name, arguments: input }))
      return { isError, text: content[0]?.text ?? '' }
    } finally {
      await client.close()
    }
  }

  it('is not ready before its issuer has answered, and is afterwards', async () => {
    expect(await demo.ready()).toBe(false)
    await issuer.listen()
    await expect.poll(() => demo.ready(), { timeout: 20_000, interval: 250 }).toBe(true)
  })

  it('says in its metadata who issues its tokens and which scopes a first login asks for', async () => {
    const url = new URL(demo.url)
    const response = await fetch(`${url.origin}/.well-known/oauth-protected-resource${url.pathname}`)
    expect(await response.json()).toMatchObject({
      resource: demo.url,
      authorization_servers: [issuer.issuer],
      scopes_supported: FIRST.split(' '),
    })
  })

  it('challenges a request without a token', async () => {
    const response = await fetch(demo.url, { method: 'POST', body: '{}' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer (?=.*resource_metadata=)(?=.*scope=)/)
  })

  it('tells the caller who it is, without asking for a scope', async () => {
    const { text } = await call('', 'whoami')
    expect(JSON.parse(text)).toEqual({ sub: 'alice', client_id: 'inspector', scopes: [] })
  })

  it('lists repositories and reads issues, and ignores arguments it does not know', async () => {
    expect(JSON.parse((await call(EVERYTHING, 'repositories_list', { colour: 'red' })).text)).toHaveLength(2)
    const { text, isError } = await call(EVERYTHING, 'issue_read', { number: 3, colour: 'red' })
    expect(isError).toBe(false)
    expect(JSON.parse(text)).toMatchObject({ number: 3, title: expect.any(String) })
  })

  it.each([0, 4, 1.5, 'one'])('answers with a tool error for issue %s, which does not exist', async (number) => {
    expect((await call(EVERYTHING, 'issue_read', { number })).isError).toBe(true)
  })

  it('asks for the missing scope when the token does not hold it', async () => {
    await expect(call('mcp:repositories:list', 'issue_read', { number: 1 })).rejects.toThrow(/insufficient_scope|403/)
  })

  it('creates issues that can be read afterwards', async () => {
    const { number } = JSON.parse((await call(EVERYTHING, 'issue_create', { title: 'A third door' })).text)
    expect(number).toBeGreaterThan(3)
    const { text } = await call(EVERYTHING, 'issue_read', { number })
    expect(JSON.parse(text)).toEqual({ number, title: 'A third door', state: 'open' })
  })

  it('asks for the scope of a write when the token holds those of reading alone (RS-403-02)', async () => {
    await expect(call(FIRST, 'issue_create', { title: 'x' })).rejects.toThrow(/insufficient_scope|403/)
  })

  it.each([
    ['this machine', 'http://127.0.0.1:9402/'],
    ['the metadata service of a cloud', 'http://169.254.169.254/latest/meta-data/'],
    ['a site that is not on its list', 'https://attacker.example/'],
  ])('does not fetch from %s, and says what it does fetch from', async (_where, url) => {
    const { isError, text } = await call(EVERYTHING, 'url_fetch', { url })
    expect(isError).toBe(true)
    expect(text).toContain('https://example.com')
  })

  it.each([
    ['branch_delete', { name: 'second-door' }, 'mcp:branch:delete'],
    ['secret_rotate', { name: 'deploy-key' }, 'mcp:secret:rotate'],
  ])('answers %s with a tool error, whatever the token says', async (tool, input, scope) => {
    const { isError, text } = await call(`${EVERYTHING} ${scope}`, tool, input)
    expect(isError).toBe(true)
    expect(text).toMatch(/approv/i)
  })

  it('has no stream to open and no session to delete', async () => {
    const authorization = `Bearer ${await issuer.mint(demo.url, EVERYTHING)}`
    for (const method of ['GET', 'DELETE']) {
      expect((await fetch(demo.url, { method, headers: { authorization } })).status).toBe(405)
    }
  })

  it('answers 400 to a foreign Host, so that no rebound name reaches it', async () => {
    const sent = request(demo.url, { method: 'POST', headers: { host: 'evil.example' } }).end('{}')
    const [response] = await once(sent, 'response')
    expect(response.statusCode).toBe(400)
  })
})
