import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
let server: GuardedServer
let token: string

beforeAll(async () => {
  issuer = await startTestIssuer()
  server = await startGuardedServer(issuer)
  token = await issuer.sign({ scope: 'mcp:issue:read' })
})
afterAll(() => issuer.close())

describe('a body that two parsers could read differently is handed to nobody (RS-TR-05)', () => {
  it.each([
    {
      what: 'a name twice (R23)',
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"issue_read","name":"branch_delete"}}',
    },
    {
      what: 'a name twice, once escaped (R23)',
      body: '{"method":"tools/call","params":{"name":"issue_read","na\\u006de":"branch_delete"}}',
    },
    { what: 'params twice (R23)', body: '{"method":"ping","params":{},"params":{}}' },
    { what: 'nothing', body: '' },
    { what: 'half of JSON', body: '{"method":"ping"' },
    { what: 'a form', body: 'method=tools/call&name=branch_delete' },
    { what: 'brackets ten thousand deep (R27)', body: `${'['.repeat(10_000)}${']'.repeat(10_000)}` },
    { what: 'a string', body: '"tools/call"' },
    { what: 'null', body: 'null' },
    { what: 'a method that is no string', body: '{"method":["tools/call"]}' },
    { what: 'neither request nor response', body: '{"jsonrpc":"2.0","id":1}' },
    { what: 'a batch in a batch', body: '[[{"method":"ping"}]]' },
  ])('$what', async ({ body }) => {
    const arrived = server.arrivals.length
    const response = await server.post(body, token)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: expect.any(Number) } })
    expect(server.arrivals).toHaveLength(arrived)
  })

  it('bytes that are not UTF-8', async () => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await server.send(RESOURCE, { method: 'POST', headers, body: new Uint8Array([0x22, 0xff, 0x22]) })
    expect(response.status).toBe(400)
  })

  it('but equal keys in different objects, and keys as values, are read by all alike', async () => {
    const body = { method: 'ping', id: 1, params: { name: 'name', other: [{ name: 'name' }, { name: '"{[' }] } }
    expect((await server.post(body, token)).status).toBe(200)
    expect((await server.post('{ "method" : "ping", "id" : 1, "a\\\\" : "\\"", "b" : {} }', token)).status).toBe(200)
  })
})

describe('a body above the limit (R27)', () => {
  it('is refused by its declared length', async () => {
    expect((await server.post('x'.repeat(4_194_305), token)).status).toBe(413)
  })

  it('is refused while it streams in, however much would follow', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: endless,
      duplex: 'half',
    }
    expect((await server.send(RESOURCE, init)).status).toBe(413)
    expect(sent).toBeLessThan(5_000_000)
  })

  it('is not read at all without a token', async () => {
    const pulled: number[] = []
    const body = new ReadableStream<Uint8Array>({ pull: () => void pulled.push(1) }, { highWaterMark: 0 })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    expect((await server.send(RESOURCE, init)).status).toBe(401)
    expect(pulled).toEqual([])
  })
})

describe('headers that mirror the body (RS-TR-04, RS-TR-05)', () => {
  const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`

  it.each([
    { what: 'that agree', headers: { 'mcp-method': 'tools/call', 'mcp-name': 'issue_read' } },
    { what: 'in the Base64 form', headers: { 'mcp-method': 'tools/call', 'mcp-name': base64('issue_read') } },
    { what: 'that are absent', headers: {} },
  ])('pass when they are ones $what', async ({ headers }) => {
    expect((await server.post(call('issue_read'), token, headers)).status).toBe(200)
  })

  it.each([
    { what: 'name a milder tool than the body (R19)', headers: { 'mcp-name': 'whoami' } },
    { what: 'name another method', headers: { 'mcp-method': 'tools/list' } },
    { what: 'write the method in other case (R26)', headers: { 'mcp-method': 'Tools/Call' } },
    { what: 'name the tool twice (R20)', headers: { 'mcp-name': 'issue_read, issue_read' } },
    {
      what: 'mark Base64 in capitals (R20)',
      headers: { 'mcp-name': base64('issue_read').replace('base64', 'BASE64') },
    },
    { what: 'hold broken Base64 (R20)', headers: { 'mcp-name': '=?base64?%%%?=' } },
    { what: 'hold Base64 of bytes that are no text (R20)', headers: { 'mcp-name': '=?base64?/w==?=' } },
    { what: 'are encoded twice (R20)', headers: { 'mcp-name': base64(base64('issue_read')) } },
  ])('are 400 -32020 when they $what', async ({ headers }) => {
    const response = await server.post(call('issue_read', 9), token, headers)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ id: 9, error: { code: -32020 } })
  })

  it('are checked for resources and prompts as well, and cannot describe a batch', async () => {
    const read = request('resources/read', { uri: 'file:///a' })
    expect((await server.post(read, token, { 'mcp-name': 'file:///a' })).status).toBe(200)
    expect((await server.post(read, token, { 'mcp-name': 'file:///b' })).status).toBe(400)
    expect((await server.post([read], token, { 'mcp-method': 'resources/read' })).status).toBe(400)
  })
})
