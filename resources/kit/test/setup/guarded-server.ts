import { type Access, type Guard, type ProtectOptions, protect } from '@sallyport/resource'
import { RESOURCE, type TestIssuer } from './test-issuer.ts'

export const TOOLS = {
  scopes: {
    'mcp:repositories:list': { class: 'discovery', description: 'List repositories' },
    'mcp:issue:read': { class: 'read', description: 'Read issues' },
    'mcp:issue:create': { class: 'write', description: 'Create issues', implies: ['mcp:issue:read'] },
    'mcp:label:write': { class: 'write', description: 'Label issues' },
  },
  tools: {
    whoami: { class: 'discovery' },
    issue_read: { scopes: ['mcp:issue:read'] },
    issue_create: { scopes: ['mcp:issue:create'] },
    issue_triage: { scopes: ['mcp:issue:read', 'mcp:label:write'] },
    branch_delete: { class: 'destructive' },
    secret_rotate: { class: 'admin' },
  },
}

/** What reached the server behind the guard. */
export interface Arrival {
  readonly request: Request
  readonly access: Access | undefined
  readonly body: string
}

export interface GuardedServer {
  readonly guard: Guard
  readonly arrivals: Arrival[]
  readonly logged: { code: string; detail: string }[]
  /** Sends any request. */
  send(url: string, init?: RequestInit): Promise<Response>
  /** Posts JSON to the endpoint with a token. */
  post(body: unknown, token?: string, headers?: Record<string, string>): Promise<Response>
}

/** Puts a guard in front of a server that answers `{}` and remembers what came. */
export async function startGuardedServer(
  issuer: Pick<TestIssuer, 'issuer'>,
  options: Partial<ProtectOptions> = {},
): Promise<GuardedServer> {
  const arrivals: Arrival[] = []
  const logged: { code: string; detail: string }[] = []
  const log = (entry: { code: string; detail: string }): void => void logged.push(entry)
  const guard = await protect({ issuer: issuer.issuer, resource: RESOURCE, tools: TOOLS, log, ...options })
  const send = (url: string, init?: RequestInit): Promise<Response> =>
    guard.handle(new Request(url, init), async (request, access) => {
      arrivals.push({ request, access, body: await request.clone().text() })
      return Response.json({})
    })
  const post: GuardedServer['post'] = (body, token, headers) =>
    send(RESOURCE, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { guard, arrivals, logged, send, post }
}

/** A JSON-RPC request. */
export function request(method: string, params: object = {}, id: number | string = 1): object {
  return { jsonrpc: '2.0', id, method, params }
}

/** A call of a tool. */
export function call(name: string, id: number | string = 1): object {
  return request('tools/call', { name, arguments: {} }, id)
}
