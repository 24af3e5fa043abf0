import { isRecord } from '../../mcp/json-rpc.ts'
import { isRevision, STATELESS_SINCE } from '../../mcp/revision.ts'
import { bearerTokenOf } from './bearer-token.ts'
import type { Answer, Asked, Refusal, ServerBehaviours, World } from './behaviours.ts'

/** What the only tool needs; it does nothing, so that clients which call what they find do no harm. */
export const READ_SCOPE = 'notes:read'
export const WRITE_SCOPE = 'notes:write'

/** The last revision with sessions: what a client that asks for an unknown one is offered. */
const OFFERED = '2025-11-25'
/** As the official suite calls it, so that clients which call a tool by this name find it. */
const TOOL = { name: 'test-tool', description: 'Does nothing and says so', inputSchema: { type: 'object' } }

/** A sound MCP server with one tool. */
export const SERVER_BEHAVIOURS: ServerBehaviours = {
  challengeScopes: [READ_SCOPE],
  endpoint(asked, world) {
    const { does, memory } = world
    const token = bearerTokenOf(asked)
    const grant = token === undefined ? undefined : memory.accessTokens.get(token)
    if (grant !== undefined && asked.json.id !== undefined) memory.carried += 1
    const refusal = does.admit(asked, grant, world)
    if (refusal !== undefined) return refuse(refusal, world)
    return asked.method === 'POST' ? rpcAnswer(asked) : { status: 405, body: { error: 'method_not_allowed' } }
  },
  admit(asked, grant) {
    if (grant !== undefined) return undefined
    return { kind: bearerTokenOf(asked) === undefined ? 'no-token' : 'invalid-token' }
  },
  challenge(refusal, world) {
    const scopes = refusal.kind === 'insufficient-scope' ? refusal.scopes : world.does.challengeScopes
    const metadata = world.does.resourceMetadataUrl(world)
    const parameters = [
      ...(refusal.kind === 'no-token' ? [] : [['error', refusal.kind.replace('-', '_')] as const]),
      ...(scopes.length === 0 ? [] : [['scope', scopes.join(' ')] as const]),
      ...(metadata === undefined ? [] : [['resource_metadata', metadata] as const]),
    ]
    return `Bearer ${parameters.map(([name, value]) => `${name}="${value}"`).join(', ')}`.trimEnd()
  },
  resourceMetadataUrl: ({ server, does, ...world }) =>
    new URL(does.resourceMetadataPaths({ server, does, ...world })[0] ?? '/', server).href,
  resourceMetadataPaths: ({ server }) => [`/.well-known/oauth-protected-resource${new URL(server).pathname}`],
  resourceMetadata: ({ server, issuer }) => ({
    resource: server,
    authorization_servers: [issuer],
    scopes_supported: [READ_SCOPE, WRITE_SCOPE],
    bearer_methods_supported: ['header'],
  }),
  resourceMetadataAnswer: (_, world) => ({ status: 200, body: world.does.resourceMetadata(world) }),
}

/** 401 or 403, with the challenge of this world. */
function refuse(refusal: Refusal, world: World): Answer {
  return {
    status: refusal.kind === 'insufficient-scope' ? 403 : 401,
    headers: { 'www-authenticate': world.does.challenge(refusal, world) },
    body: { error: refusal.kind === 'no-token' ? 'unauthorized' : refusal.kind.replace('-', '_') },
  }
}

function rpcAnswer({ json }: Asked): Answer {
  if (typeof json.method !== 'string') return { status: 400, body: { error: 'invalid_request' } }
  if (json.id === undefined) return { status: 202 }
  const params = isRecord(json.params) ? json.params : {}
  const result = resultOf(json.method, params)
  const said = result === undefined ? { error: { code: -32601, message: 'no such method' } } : { result }
  return { status: 200, body: { jsonrpc: '2.0', id: json.id, ...said } }
}

function resultOf(method: string, params: Readonly<Record<string, unknown>>): object | undefined {
  switch (method) {
    case 'server/discover':
      return { ...COMPLETE, supportedVersions: [STATELESS_SINCE, OFFERED], capabilities: { tools: {} } }
    case 'initialize':
      return {
        protocolVersion: isRevision(params.protocolVersion) ? params.protocolVersion : OFFERED,
        capabilities: { tools: {} },
        serverInfo: { name: 'notes', version: '1.0.0' },
      }
    case 'tools/list':
      return { ...COMPLETE, tools: [TOOL] }
    case 'tools/call':
      return { ...COMPLETE, content: [{ type: 'text', text: 'nothing was done' }] }
    case 'ping':
      return {}
    default:
      return undefined
  }
}

/** What the stateless revision wants in its results and those before it ignore. */
const COMPLETE = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } as const
