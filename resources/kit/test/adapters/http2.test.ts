import type { IncomingMessage, RequestListener } from 'node:http'
import { type ClientHttp2Session, connect, createServer, type Http2Server, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { protect } from '@sallyport/resource'
import { createNodeHandler } from '@sallyport/resource/node'
import { createTestIssuer, type TestIssuer } from '@sallyport/resource/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, TOOLS } from '../setup/guarded-server.ts'

let issuer: TestIssuer
let server: Http2Server
let client: ClientHttp2Session
let url: string
const seen: IncomingMessage[] = []

beforeAll(async () => {
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  url = `${origin}/mcp`
  issuer = await createTestIssuer()
  const guard = await protect({
    issuer: issuer.issuer,
    fetch: issuer.fetch,
    resource: url,
    tools: TOOLS,
    log: () => {},
  })
  const handler = createNodeHandler(guard, (req, res) => {
    seen.push(req)
    res.end(JSON.stringify({ body: req.body, clientId: req.auth?.clientId }))
  })
  // Node's compatibility layer: the same listener, another request.
  server.on('request', handler as RequestListener as Parameters<Http2Server['on']>[1])
  client = connect(origin)
})
afterAll(() => {
  client.close()
  server.close()
})

function send(headers: Record<string, string>, body: object): Promise<{ headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const stream = client.request({
      ':method': 'POST',
      ':path': '/mcp',
      'content-type': 'application/json',
      ...headers,
    })
    let answered: IncomingHttpHeaders = {}
    let text = ''
    stream.setEncoding('utf8')
    stream.on('response', (received) => {
      answered = received
    })
    stream.on('data', (chunk) => {
      text += chunk
    })
    stream.on('end', () => resolve({ headers: answered, text }))
    stream.on('error', reject)
    stream.end(JSON.stringify(body))
  })
}

describe('HTTP/2 through the adapter node', () => {
  it('challenges without a token (RS-401-01)', async () => {
    const { headers } = await send({}, call('whoami'))
    expect(headers[':status']).toBe(401)
    expect(headers['www-authenticate']).toContain('resource_metadata=')
  })

  it('hands on the judged body and who calls, and no token (RS-DS-01, R29)', async () => {
    const token = await issuer.issueToken({ resource: url, clientId: 'client-2' })
    const { headers, text } = await send({ authorization: `Bearer ${token}` }, call('whoami'))
    expect(headers[':status']).toBe(200)
    expect(JSON.parse(text)).toEqual({ body: call('whoami'), clientId: 'client-2' })
    const [req] = seen
    const shown = JSON.stringify([req?.headers, req?.rawHeaders])
    expect(shown).not.toContain('authorization')
    expect(shown).toContain('content-type')
  })

  it('answers 403 with the scope that is missing (RS-403-01)', async () => {
    const authorization = `Bearer ${await issuer.issueToken({ resource: url })}`
    const { headers } = await send({ authorization }, call('issue_create'))
    expect(headers[':status']).toBe(403)
  })

  it('refuses an authority that is not this server, whatever Host says besides (RS-TR-02, R14)', async () => {
    const authorization = `Bearer ${await issuer.issueToken({ resource: url })}`
    const foreign = await send({ authorization, ':authority': 'evil.example' }, call('whoami'))
    expect(foreign.headers[':status']).toBe(400)
    const both = await send({ authorization, ':authority': 'evil.example', host: new URL(url).host }, call('whoami'))
    expect(both.headers[':status']).toBe(400)
    const same = await send({ authorization, host: new URL(url).host }, call('whoami'))
    expect(same.headers[':status']).toBe(200)
  })
})
