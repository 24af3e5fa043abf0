import { createHash } from 'node:crypto'
import { UnauthorizedError } from '@modelcontextprotocol/client'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approve } from '../setup/flow.ts'
import { callTool, createSdk2Application, type Sdk2Application } from './sdk2-application.ts'
import { type Stack, startStack } from './stack.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('an MCP client, an MCP server and the API downstream of it, each with a credential of its own', () => {
  let stack: Stack
  let application: Sdk2Application
  beforeAll(async () => {
    stack = await startStack()
    application = createSdk2Application(stack.demo.url)
    await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
    const { params } = await approve(stack.server, { url: application.memory.sentTo?.href ?? '' })
    await application.comeBack(params)
  })
  afterAll(() => stack.close())

  const inbound = (): string => application.memory.tokens?.access_token ?? ''
  const call = async (tool: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
    const client = await application.connect()
    try {
      return JSON.parse(await callTool(client, tool, input))
    } finally {
      await client.close()
    }
  }
  const statusAtDemo = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json, text/event-stream' }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
    const sent = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body }
    return (await fetch(stack.demo.url, sent)).status
  }
  /** SHA-256 of every bearer token that ever reached the API, taken or refused. */
  const arrivedDownstream = (): readonly string[] =>
    stack.logged.flatMap((line) => line.match(/^downstream: .*\b([0-9a-f]{64})\b/)?.[1] ?? [])

  it("client_token.audience is the MCP server, downstream_token.audience is the API's (AS-TX-04, RS-DS-01)", async () => {
    expect(decodeJwt(inbound()).aud).toBe(stack.demo.url)
    const seen = await call('downstream_read')
    expect(seen.aud).toBe(stack.downstream.url)
    expect(seen.aud).not.toBe(stack.demo.url)
  })

  it('says downstream for whom and by whom it acts, with the scope of that call alone (AS-TX-05, AS-TX-07)', async () => {
    expect(await call('downstream_read')).toMatchObject({
      sub: decodeJwt(inbound()).sub,
      act: { sub: 'resource-sallyport-demo' },
      scopes: ['mcp:issue:read'],
    })
  })

  it("the inbound token's hash is seen nowhere downstream, whatever the client calls (RS-DS-01)", async () => {
    const seen = await call('downstream_read')
    await call('whoami')
    await call('issue_read', { number: 1 })
    const arrived = arrivedDownstream()
    // What is recorded is what arrives: else an empty record would prove nothing.
    expect(arrived).toContain(seen.token_sha256)
    expect(arrived).not.toContain(sha256(inbound()))
  })

  it('neither server takes the token of the other (RS-TOK-03)', async () => {
    const toDownstream = await fetch(stack.downstream.url, { headers: { authorization: `Bearer ${inbound()}` } })
    expect(toDownstream.status).toBe(401)
    expect(arrivedDownstream()).toContain(sha256(inbound()))
  })

  it('after the grant is revoked nothing is read downstream any more (AS-TX-08)', async () => {
    await call('downstream_read')
    const before = arrivedDownstream().length
    const { client, tokens } = application.memory
    const form = { client_id: client?.client_id ?? '', token: tokens?.refresh_token ?? '' }
    const revoked = await fetch(`${stack.server.issuer}/revoke`, { method: 'POST', body: new URLSearchParams(form) })
    expect(revoked.status).toBe(200)
    // Two doors close. The issuer's at once; the MCP server's own, which sends the client back to sign in, as soon as it has
    // read the feed. Which one a call meets first hangs on how long it was on its way.
    await expect(call('downstream_read')).rejects.toThrow(
      /SALLYPORT_E_EXCHANGE_INVALID_GRANT|what it was made from has ended/,
    )
    await expect.poll(() => statusAtDemo(inbound()), { timeout: 30_000 }).toBe(401)
    await expect(call('downstream_read')).rejects.toThrow('what it was made from has ended')
    expect(arrivedDownstream()).toHaveLength(before)
  })
})
