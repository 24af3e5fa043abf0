import { request as httpRequest } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, request } from './setup/guarded-server.ts'
import { type Sdk1Server, startSdk1Server } from './setup/sdk1-server.ts'
import { startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

describe.each(['no parser', 'parser in front'] as const)('a server of MCP SDK 1.x behind the guard, %s', (parser) => {
  let issuer: TestIssuer
  let server: Sdk1Server

  beforeAll(async () => {
    issuer = await startTestIssuer()
    server = await startSdk1Server(issuer.issuer, parser)
  })
  afterAll(async () => {
    await server.close()
    await issuer.close()
  })

  const tokenWith = (scope: string): Promise<string> => issuer.sign({ aud: server.url, scope })
  const post = async (body: unknown, token?: string): Promise<Response> =>
    fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })

  async function connect(token: string): Promise<Client> {
    const client = new Client({ name: 'test', version: '1.0.0' })
    const requestInit = { headers: { authorization: `Bearer ${token}` } }
    const transport = new StreamableHTTPClientTransport(new URL(server.url), { requestInit })
    await client.connect(transport as Parameters<Client['connect']>[0])
    return client
  }

  it('serves the real client of that SDK', async () => {
    const client = await connect(await tokenWith('mcp:issue:create'))
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('issue_create')
    expect(await client.callTool({ name: 'issue_create' })).toMatchObject({ content: [{ text: 'issue_create ran' }] })
    expect(await client.callTool({ name: 'branch_delete' })).toMatchObject({ isError: true })
    await client.close()
  })

  it('hands tools who calls, and the token to nobody (RS-DS-01, R29)', async () => {
    const token = await tokenWith('')
    expect((await post(call('whoami'), token)).status).toBe(200)
    const seen = server.seen.at(-1)
    expect(seen?.authInfo).toMatchObject({
      clientId: 'client-1',
      token: expect.stringMatching(/^at:/),
      extra: { sub: 'alice' },
    })
    expect(JSON.stringify(seen)).not.toContain(token)
    expect(JSON.stringify(seen).toLowerCase()).not.toContain('authorization')
  })

  it('challenges before the SDK sees the request (RS-401-01, RS-401-06)', async () => {
    const challenged = await post(request('initialize'))
    expect(challenged.status).toBe(401)
    expect(challenged.headers.get('www-authenticate')).toContain('resource_metadata="http://127.0.0.1:')
    expect((await fetch(server.url)).status).toBe(401)
    expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(401)
  })

  it('answers a missing scope with a real 403 before any stream begins (RS-403-01, RS-403-05)', async () => {
    const response = await post(call('issue_create'), await tokenWith('mcp:issue:read'))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('scope="mcp:issue:create"')
  })

  it('serves the metadata that the challenge names (RS-PRM-04)', async () => {
    const challenge = (await post(request('initialize'))).headers.get('www-authenticate') ?? ''
    const url = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? ''
    expect(await (await fetch(url)).json()).toMatchObject({
      resource: server.url,
      authorization_servers: [issuer.issuer],
    })
  })

  it('sees both of two Authorization headers (RS-400-01, R07)', async () => {
    const token = await tokenWith('')
    expect(await rawStatus(server.url, { authorization: [`Bearer ${token}`, 'Bearer other'] })).toBe(400)
  })

  it('refuses a foreign Host, and one that is no host (RS-TR-02, R14)', async () => {
    const authorization = `Bearer ${await tokenWith('')}`
    expect(await rawStatus(server.url, { authorization, host: 'evil.example' })).toBe(400)
    expect(await rawStatus(server.url, { authorization, host: 'a b' })).toBe(400)
  })

  it('ends a legacy stream when its token expires (RS-TR-10)', async () => {
    const token = await issuer.sign({ aud: server.url, exp: Date.now() / 1000 + 1 })
    const response = await fetch(server.url, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    })
    expect(response.status).toBe(200)
    const ended = response.text().then(
      () => 'ended',
      () => 'ended',
    )
    const timeOut = new Promise((resolve) => setTimeout(() => resolve('still open'), 3_000))
    expect(await Promise.race([ended, timeOut])).toBe('ended')
  })
})

/** Sends what fetch would not: several headers of one name, any Host. */
function rawStatus(url: string, headers: Record<string, string | string[]>): Promise<number> {
  const body = JSON.stringify(request('ping'))
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST' }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    outgoing.on('error', reject)
    outgoing.setHeader('content-type', 'application/json')
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value)
    outgoing.end(body)
  })
}
