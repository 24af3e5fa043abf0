import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ProtectOptions, protect } from '@sallyport/resource'
import { createTestIssuer, type TestIssuer, type TestToken } from '@sallyport/resource/testing'
import { TOOLS } from '../setup/guarded-server.ts'
import type { AdapterEntry } from './adapter-table.ts'
import type { Seen } from './mcp-servers.ts'

/** An adapter's server on a port of its own, and what a test asks it. */
export interface AdaptedServer {
  readonly url: string
  readonly origin: string
  readonly issuer: TestIssuer
  readonly seen: Seen[]
  readonly logged: string[]
  token(token?: Partial<TestToken>): Promise<string>
  /** Posts JSON to the endpoint. */
  post(body: unknown, token?: string, headers?: Record<string, string>): Promise<Response>
  /** Sends what fetch would not: several headers of one name, any Host. Answers the status. */
  raw(method: string, headers: Record<string, string | string[]>, body?: string): Promise<number>
  close(): Promise<void>
}

const ACCEPT = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** Starts one adapter in front of its MCP server, with an issuer that only it can reach. */
export async function startAdaptedServer(
  entry: AdapterEntry,
  options: Partial<ProtectOptions> = {},
): Promise<AdaptedServer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `${origin}/mcp`
  const issuer = await createTestIssuer()
  const logged: string[] = []
  const guard = await protect({
    issuer: issuer.issuer,
    fetch: issuer.fetch,
    resource: url,
    tools: TOOLS,
    log: ({ code }) => logged.push(code),
    ...options,
  })
  const seen: Seen[] = []
  server.on('request', await entry.mount(guard, seen))
  return {
    url,
    origin,
    issuer,
    seen,
    logged,
    token: (token) => issuer.issueToken({ resource: url, ...token }),
    post: (body, token, headers) =>
      fetch(url, {
        method: 'POST',
        headers: { ...ACCEPT, ...(token && { authorization: `Bearer ${token}` }), ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    raw: (method, headers, body) => rawStatus(url, method, headers, body),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function rawStatus(
  url: string,
  method: string,
  headers: Record<string, string | string[]>,
  body: string | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    outgoing.on('error', reject)
    for (const [name, value] of Object.entries({ ...ACCEPT, ...headers })) outgoing.setHeader(name, value)
    outgoing.end(body)
  })
}
