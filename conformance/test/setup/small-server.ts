import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'

/** What a small server is like; sound in everything that is left out. */
export interface SmallServerOptions {
  /** Issuer that it trusts; none refuses every token. */
  readonly issuer?: string | undefined
  readonly transport?: 'stateless' | 'sessions'
  /** Revision that `initialize` answers, for `sessions`. */
  readonly revision?: string
  readonly scopesNeeded?: readonly string[]
  /** `resource` of its metadata, where it is not the URL. */
  readonly resource?: string
  readonly open?: boolean
  readonly hasMetadata?: boolean
  /** Answers in event streams. */
  readonly streams?: boolean
}

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Record<string, unknown>
}

export interface SmallServer {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  close(): Promise<void>
}

const TOOLS = [
  { name: 'look', annotations: { readOnlyHint: true }, inputSchema: { type: 'object' } },
  { name: 'find', annotations: { readOnlyHint: true }, inputSchema: { type: 'object', required: ['what'] } },
  { name: 'burn', inputSchema: { type: 'object' } },
]

/** Starts one on loopback. */
export async function startSmallServer(options: SmallServerOptions = {}): Promise<SmallServer> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    void handle(request, response, options, seen)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    seen,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: SmallServerOptions,
  seen: SeenRequest[],
): Promise<true> {
  const body = await readBody(request)
  const { method = '', url: path = '', headers } = request
  seen.push({ method, path, headers, body })
  const base = `http://${headers.host}`
  if (path.startsWith('/.well-known/oauth-protected-resource')) {
    if (options.hasMetadata === false || path !== '/.well-known/oauth-protected-resource/mcp')
      return send(response, 404, {})
    const resource = options.resource ?? `${base}/mcp`
    return send(response, 200, { resource, authorization_servers: [options.issuer], scopes_supported: ['base'] })
  }
  const refusal = options.open === true ? undefined : await refusalOf(request, options, base)
  if (refusal !== undefined) {
    const challenge = `Bearer ${refusal.challenge}resource_metadata="${base}/.well-known/oauth-protected-resource/mcp"`
    return send(response, refusal.status, {}, { 'www-authenticate': challenge })
  }
  if (method !== 'POST') return send(response, 405, {})
  return answerRpc(response, { body, headers, options })
}

async function refusalOf(
  { headers }: IncomingMessage,
  { issuer, scopesNeeded = [] }: SmallServerOptions,
  base: string,
): Promise<{ status: number; challenge: string } | undefined> {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (token === undefined) return { status: 401, challenge: '' }
  try {
    const keys = createRemoteJWKSet(new URL(`${await jwksUri(issuer)}`))
    const { payload } = await jwtVerify(token, keys, { issuer: issuer ?? '', audience: `${base}/mcp`, typ: 'at+jwt' })
    const held = String(payload.scope ?? '').split(' ')
    const missing = scopesNeeded.find((scope) => !held.includes(scope))
    return (missing && { status: 403, challenge: `error="insufficient_scope", scope="${missing}", ` }) || undefined
  } catch {
    return { status: 401, challenge: 'error="invalid_token", ' }
  }
}

async function jwksUri(issuer: string | undefined): Promise<string> {
  const answer = await fetch(`${issuer}/.well-known/oauth-authorization-server`)
  const { jwks_uri } = (await answer.json()) as { jwks_uri: string }
  return jwks_uri
}

function answerRpc(
  response: ServerResponse,
  { body, headers, options }: Pick<SeenRequest, 'body' | 'headers'> & { options: SmallServerOptions },
): true {
  const { id, method } = body
  const { transport = 'stateless', revision = '2025-11-25', streams = false } = options
  const reply = (result: object, more: Record<string, string> = {}): true =>
    send(response, 200, { jsonrpc: '2.0', id, result }, more, streams)
  const fail = (status: number, code: number): true =>
    send(response, status, { jsonrpc: '2.0', id: id ?? null, error: { code, message: 'no' } })
  if (transport === 'stateless') {
    if (headers['mcp-method'] !== method) return fail(400, -32020)
    if (method === 'server/discover') return reply({ supportedVersions: ['2026-07-28'], capabilities: {} })
  } else {
    if (method === 'initialize')
      return reply({ protocolVersion: revision, capabilities: {} }, { 'mcp-session-id': 's1' })
    if (headers['mcp-session-id'] !== 's1') return fail(400, -32000)
    if (method === 'notifications/initialized') return send(response, 202, undefined)
  }
  if (method === 'tools/list') return reply({ tools: TOOLS })
  return fail(404, -32601)
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

function send(
  response: ServerResponse,
  status: number,
  body: object | undefined,
  headers: Record<string, string> = {},
  stream = false,
): true {
  const text = body === undefined ? '' : JSON.stringify(body)
  const type = stream ? 'text/event-stream' : 'application/json'
  response
    .writeHead(status, { 'content-type': type, ...headers })
    .end(stream ? `event: message\ndata: ${text}\n\n` : text)
  return true
}
