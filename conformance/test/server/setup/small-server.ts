import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** A request as a behaviour sees it. */
export interface SmallRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: string
}

export interface SmallAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface SmallWorld {
  readonly url: string
  readonly issuer: string
  readonly sessions: Map<string, string>
}

type Rpc = { id?: number; method: string; params?: Record<string, unknown> }

/** What a sound server does; a broken one replaces one of them. */
export const SOUND = {
  transport: 'stateless' as 'stateless' | 'session',
  metadata: ({ url, issuer }: SmallWorld): unknown => ({
    resource: url,
    authorization_servers: [issuer],
    scopes_supported: ['notes:read'],
  }),
  metadataAnswer(request: SmallRequest, document: unknown): SmallAnswer {
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
    if (request.method === 'OPTIONS') return { status: 204, headers: cors }
    return json(200, document, cors)
  },
  metadataPaths: ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'],
  other: (_request: SmallRequest, _world: SmallWorld): SmallAnswer | undefined => undefined,
  /** Before the token is looked for. */
  door: (_request: SmallRequest, _world: SmallWorld): SmallAnswer | undefined => undefined,
  cors: {} as Record<string, string>,
  foreign(request: SmallRequest, { url }: SmallWorld): boolean {
    const { origin, host } = new URL(url)
    const from = request.headers.origin
    return request.headers.host !== host || (from !== undefined && from !== origin && request.method !== 'OPTIONS')
  },
  credentials(request: SmallRequest): string | undefined | 'malformed' {
    const values = request.rawHeaders.filter(
      (_, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === 'authorization',
    )
    if (values.length > 1) return 'malformed'
    return /^bearer (.+)$/i.exec(values[0] ?? '')?.[1]
  },
  challenge: ({ url }: SmallWorld, error: string | undefined, scope: string): string => {
    const at = new URL('/.well-known/oauth-protected-resource/mcp', url).href
    return `Bearer ${error === undefined ? '' : `error="${error}", `}scope="${scope}", resource_metadata="${at}"`
  },
  refusalBody: (error: string): string => JSON.stringify({ error }),
  /** Scopes that a call needs, by tool; tools/list needs those of the empty name. */
  scopes: { '': ['notes:read'], write: ['notes:read', 'notes:write'], '*': ['notes:read'] } as Record<string, string[]>,
  expiredFirst: true,
  needed(rpc: Rpc, _request: SmallRequest): string {
    return rpc.method === 'tools/call' ? String(rpc.params?.name) : ''
  },
  namesMustAgree: true,
  scopeChallenge: (needed: readonly string[], _granted: readonly string[]): readonly string[] => needed,
  sessionOwner: (owner: string, sub: string): boolean => owner === sub,
  tokenEveryTime: true,
  takesBatches: false,
}

export type Behaviour = typeof SOUND

export function json(status: number, body: unknown, headers: Record<string, string> = {}): SmallAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

export async function startSmallServer(
  issuer: { issuer: string; jwksUri: string },
  change: Partial<Behaviour> = {},
): Promise<{ url: string; close(): Promise<void> }> {
  const does: Behaviour = { ...SOUND, ...change }
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  const world: SmallWorld = { url, issuer: issuer.issuer, sessions: new Map() }
  const keys = createRemoteJWKSet(new URL(issuer.jwksUri))
  const verify = async (token: string): Promise<JWTPayload | 'expired' | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer: issuer.issuer, audience: url })
      return payload
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED' ? 'expired' : undefined
    }
  }
  server.on('request', async (message, response) => {
    const answer = await respond(await readRequest(message), world, does, verify)
    response.writeHead(answer.status, answer.headers)
    response.end(message.method === 'HEAD' ? undefined : answer.body)
  })
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url, close }
}

async function readRequest(message: IncomingMessage): Promise<SmallRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://small')
  const { method = 'GET', headers, rawHeaders } = message
  return { method, path: pathname, query: searchParams, headers, rawHeaders, body: Buffer.concat(chunks).toString() }
}

type Verify = (token: string) => Promise<JWTPayload | 'expired' | undefined>

async function respond(
  request: SmallRequest,
  world: SmallWorld,
  does: Behaviour,
  verify: Verify,
): Promise<SmallAnswer> {
  const other = does.other(request, world)
  if (other !== undefined) return other
  if (does.metadataPaths.includes(request.path)) return does.metadataAnswer(request, does.metadata(world))
  if (request.path !== '/mcp') return json(404, { error: 'not_found' })
  const door = does.door(request, world)
  if (door !== undefined) return door
  if (does.foreign(request, world)) return json(403, { error: 'foreign' })
  const answer = await judge(request, world, does, verify)
  return { ...answer, headers: { ...does.cors, ...answer.headers } }
}

async function judge(request: SmallRequest, world: SmallWorld, does: Behaviour, verify: Verify): Promise<SmallAnswer> {
  const token = does.credentials(request)
  const refuse = (status: number, error: string | undefined, scope = 'notes:read'): SmallAnswer => ({
    status,
    headers: { 'content-type': 'application/json', 'www-authenticate': does.challenge(world, error, scope) },
    body: does.refusalBody(error ?? 'unauthorized'),
  })
  if (token === 'malformed') return refuse(400, 'invalid_request')
  const session = world.sessions.get(String(request.headers['mcp-session-id']))
  const carried = !does.tokenEveryTime && session !== undefined && token === undefined
  if (token === undefined && !carried) return refuse(401, undefined)
  const verified = carried ? { sub: session, scope: 'notes:read notes:write' } : await verify(token ?? '')
  if (verified === 'expired' && !does.expiredFirst) return refuse(403, 'insufficient_scope')
  if (verified === undefined || verified === 'expired') return refuse(401, 'invalid_token')
  if (request.method === 'DELETE' && session !== undefined) return { status: 204 }
  if (request.method !== 'POST') return { status: 405 }
  return serve(request, world, does, verified, refuse)
}

type Refuse = (status: number, error: string | undefined, scope?: string) => SmallAnswer

function serve(
  request: SmallRequest,
  world: SmallWorld,
  does: Behaviour,
  claims: JWTPayload,
  refuse: Refuse,
): SmallAnswer {
  const parsed = parse(request.body)
  const [rpc] = [parsed].flat()
  if (rpc === undefined || (Array.isArray(parsed) && !does.takesBatches)) return json(400, { error: 'invalid_request' })
  const agree =
    request.headers['mcp-method'] === rpc.method &&
    (rpc.method !== 'tools/call' || request.headers['mcp-name'] === rpc.params?.name)
  if (does.transport === 'stateless' && does.namesMustAgree && !agree) {
    return json(400, { jsonrpc: '2.0', id: rpc.id, error: { code: -32020, message: 'mismatch' } })
  }
  const granted = String(claims.scope ?? '').split(' ')
  const needed = does.scopes[does.needed(rpc, request)] ?? does.scopes['*'] ?? []
  const open = rpc.method === 'initialize' || rpc.method.startsWith('notifications/')
  if (!open && !needed.every((scope) => granted.includes(scope))) {
    return refuse(403, 'insufficient_scope', does.scopeChallenge(needed, granted).join(' '))
  }
  const answers = [parsed].flat().map((each) => answerRpc(each, does))
  const answer = {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.isArray(parsed) ? answers : answers[0]),
  }
  return does.transport === 'stateless' ? answer : inSession(answer, rpc, request, world, does, String(claims.sub))
}

function inSession(
  answer: SmallAnswer,
  { method }: Rpc,
  request: SmallRequest,
  { sessions }: SmallWorld,
  does: Behaviour,
  sub: string,
): SmallAnswer {
  if (method === 'initialize') {
    const session = crypto.randomUUID()
    sessions.set(session, sub)
    return { ...answer, headers: { ...answer.headers, 'mcp-session-id': session } }
  }
  const owner = sessions.get(String(request.headers['mcp-session-id']))
  return owner !== undefined && does.sessionOwner(owner, sub) ? answer : json(404, { error: 'no session' })
}

function parse(body: string): Rpc | Rpc[] {
  try {
    return JSON.parse(body) as Rpc | Rpc[]
  } catch {
    return []
  }
}

function answerRpc({ id, method, params }: Rpc, does: Behaviour): unknown {
  const result = resultOf(method, params, does)
  return result === undefined
    ? { jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown' } }
    : { jsonrpc: '2.0', id, result }
}

function resultOf(method: string, params: Rpc['params'], { transport }: Behaviour): unknown {
  const info = { capabilities: { tools: {} }, serverInfo: { name: 'small', version: '1' } }
  if (method === 'server/discover' && transport === 'stateless') return { supportedVersions: ['2026-07-28'], ...info }
  if (method === 'initialize' && transport === 'session') return { protocolVersion: '2025-11-25', ...info }
  if (method === 'tools/list') return { tools: [{ name: 'write', inputSchema: { type: 'object' } }] }
  if (method === 'tools/call' && params?.name === 'write') return { content: [{ type: 'text', text: 'done' }] }
  return undefined
}
