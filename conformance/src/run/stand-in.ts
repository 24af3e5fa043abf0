import { isRecord } from '../mcp/json-rpc.ts'
import { isStateless, type Revision } from '../mcp/revision.ts'
import { type Header, headerOf, type WireAnswer, type WireRequest } from '../wire/message.ts'

/** What the stand-in is taken for. */
export interface StandIn {
  readonly url: string
  readonly revision: Revision
  readonly isAccepted: (token: string) => boolean
  /** Issuer that its metadata names. */
  readonly issuer: string
}

/**
 * Answers as a sound server with no tools would, without any server: what a plan needs, because what a check sends next
 * depends on what came before.
 */
export function answerAsSound(request: WireRequest, { url, revision, isAccepted, issuer }: StandIn): WireAnswer {
  const target = new URL(request.url)
  const metadata = metadataUrl(url)
  if (request.method === 'OPTIONS') return json(204, undefined, [['access-control-allow-origin', '*']])
  if (request.method === 'GET' && request.url === metadata) {
    return json(200, { resource: url, authorization_servers: [issuer] })
  }
  if (target.pathname !== new URL(url).pathname) return json(404, { error: 'not_found' })
  const token = /^bearer (.+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1]
  if (token === undefined || !isAccepted(token)) return refusal(metadata, token !== undefined)
  if (request.method !== 'POST') return json(405, { error: 'method_not_allowed' })
  return rpcAnswer(request.body ?? '', revision)
}

function refusal(metadata: string, hadToken: boolean): WireAnswer {
  const error = hadToken ? 'error="invalid_token", ' : ''
  return json(401, { error: hadToken ? 'invalid_token' : 'unauthorized' }, [
    ['www-authenticate', `Bearer ${error}resource_metadata="${metadata}"`],
  ])
}

function rpcAnswer(body: string, revision: Revision): WireAnswer {
  const message = parse(body)
  if (!isRecord(message))
    return json(400, { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'parse error' } })
  if (message.id === undefined) return json(202, undefined)
  const result = resultOf(message.method, revision)
  const said = result === undefined ? { error: { code: -32602, message: 'unknown' } } : { result }
  return json(200, { jsonrpc: '2.0', id: message.id, ...said })
}

function resultOf(method: unknown, revision: Revision): object | undefined {
  switch (method) {
    case 'server/discover':
      return isStateless(revision) ? { supportedVersions: [revision], capabilities: { tools: {} } } : undefined
    case 'initialize':
      return { protocolVersion: revision, capabilities: { tools: {} }, serverInfo: { name: 'stand-in', version: '0' } }
    case 'tools/list':
      return { tools: [] }
    case 'ping':
      return {}
    default:
      return undefined
  }
}

function metadataUrl(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function json(status: number, body: object | undefined, headers: readonly Header[] = []): WireAnswer {
  return {
    status,
    headers: [['content-type', 'application/json'], ...headers],
    body: body === undefined ? '' : JSON.stringify(body),
    truncated: false,
  }
}
