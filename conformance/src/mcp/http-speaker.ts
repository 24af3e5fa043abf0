import { type Header, headerOf, type WireAnswer, type WireRequest } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import { isSuccess } from './json-rpc.ts'
import { isStateless, type Revision } from './revision.ts'
import type { McpCall, McpSpeaker } from './speaker.ts'

export const CLIENT_INFO = { name: 'sallyport-examine', version: '0.1.0' } as const

/** Members of `params` whose value the transport wants to see in a header too, by method. */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
}

/** What came of opening a session. */
interface Opened {
  readonly answer: WireAnswer
  readonly session: string | undefined
}

/**
 * Speaks one revision of MCP over HTTP. Sessions are kept by token, so that nothing is asked in another's session.
 * @param url of the MCP endpoint, used as it stands
 */
export function createSpeaker(url: string, revision: Revision): McpSpeaker {
  return isStateless(revision) ? statelessSpeaker(url, revision) : sessionSpeaker(url, revision)
}

function statelessSpeaker(url: string, revision: Revision): McpSpeaker {
  const count = counter()
  const request = (call: McpCall): WireRequest => {
    const name = call.params?.[NAMED_BY[call.method] ?? '']
    return {
      method: 'POST',
      url,
      headers: withHeaders(call, [
        ['mcp-protocol-version', revision],
        ['mcp-method', call.method],
        ...(typeof name === 'string' ? [['mcp-name', headerSafe(name)] as const] : []),
      ]),
      body: rpcBody(count(), call.method, { ...call.params, _meta: metaOf(revision, call.params?._meta) }),
    }
  }
  return {
    revision,
    request,
    async open(wire, token) {
      return { answer: await wire.send(request({ method: 'server/discover', token })), session: undefined }
    },
    call: (wire, call) => wire.send(request(call)),
  }
}

/** What every request says of itself, since there is no session to have said it in. */
function metaOf(revision: Revision, given: unknown): Readonly<Record<string, unknown>> {
  return {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
    'io.modelcontextprotocol/clientCapabilities': {},
    ...(typeof given === 'object' ? given : {}),
  }
}

/** Values that a header cannot carry as they are travel in the encoded form that the transport defines for them. */
function headerSafe(value: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith('=?base64?')
  return plain ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`
}

function sessionSpeaker(url: string, revision: Revision): McpSpeaker {
  const count = counter()
  const sessions = new Map<string, Opened>()
  const request = (call: McpCall, session?: string): WireRequest => ({
    method: 'POST',
    url,
    headers: withHeaders(call, [
      // The header came with 2025-06-18, and it names what was agreed, so the first request of a session has none.
      ...(revision >= '2025-06-18' && call.method !== 'initialize'
        ? [['mcp-protocol-version', revision] as const]
        : []),
      ...(session === undefined ? [] : [['mcp-session-id', session] as const]),
    ]),
    body: rpcBody(call.method.startsWith('notifications/') ? undefined : count(), call.method, call.params),
  })
  const open = async (wire: Wire, token: string | undefined): Promise<Opened> => {
    const answer = await wire.send(request({ method: 'initialize', params: initializeParams(revision), token }))
    const session = headerOf(answer, 'mcp-session-id')
    if (isSuccess(answer)) await wire.send(request({ method: 'notifications/initialized', token }, session))
    return { answer, session }
  }
  return { revision, request, open, call: (wire, call) => callInSession(wire, call, { sessions, open, request }) }
}

async function callInSession(
  wire: Wire,
  call: McpCall,
  { sessions, open, request }: Pick<McpSpeaker, 'open' | 'request'> & { sessions: Map<string, Opened> },
): Promise<WireAnswer> {
  const owner = call.token ?? ''
  const kept = sessions.get(owner)
  const opened = kept ?? (await open(wire, call.token))
  // Who is refused at the door asks nothing inside: the refusal is the answer.
  if (!isSuccess(opened.answer)) return opened.answer
  sessions.set(owner, opened)
  const answer = await wire.send(request(call, opened.session))
  if (kept === undefined || answer.status !== 404) return answer
  // A server may end a session whenever it likes, and says so by 404.
  sessions.delete(owner)
  return callInSession(wire, call, { sessions, open, request })
}

/** The parameters of `initialize`. */
export function initializeParams(revision: Revision): Readonly<Record<string, unknown>> {
  return { protocolVersion: revision, capabilities: {}, clientInfo: CLIENT_INFO }
}

function counter(): () => number {
  let last = 0
  return () => {
    last += 1
    return last
  }
}

function rpcBody(
  id: number | undefined,
  method: string,
  params: Readonly<Record<string, unknown>> | undefined,
): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    method,
    ...(params === undefined ? {} : { params }),
  })
}

function withHeaders({ token, headers = [] }: McpCall, transport: readonly Header[]): readonly Header[] {
  const replaced = new Set(headers.map(([name]) => name.toLowerCase()))
  const usual: readonly Header[] = [
    ['content-type', 'application/json'],
    ['accept', 'application/json, text/event-stream'],
    ...transport,
    ...(token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]),
  ]
  return [...usual.filter(([name]) => !replaced.has(name)), ...headers]
}
