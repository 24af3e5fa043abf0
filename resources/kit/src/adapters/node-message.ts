import type { IncomingMessage } from 'node:http'
import { readHeaders } from './node-headers.ts'

// Methods that the web standard refuses to put into a request.
const UNREPRESENTABLE_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** Node's request as it comes, with what frameworks add to it. */
export type NodeRequest = IncomingMessage & { body?: unknown; originalUrl?: string; auth?: unknown }

/** Where a framework keeps what node itself has elsewhere; what is left out is read from the message. */
export interface NodeRequestParts {
  /** Path and query as the client sent them, before a router cut off its prefix. */
  readonly url?: string
  /** The body that a parser in front of the guard has read. */
  readonly body?: unknown
  /** The body as a stream, when something has already put another one in front of the message's own. */
  readonly stream?: AsyncIterable<Uint8Array>
}

/**
 * Makes a web standard request of a node one, HTTP/2 included. The body is not read before someone asks for it.
 *
 * @param req the request as node or a framework has it
 * @param parts where the framework keeps something elsewhere
 * @returns undefined for what no web standard request can be: a Host that is none, a method like TRACE
 */
export function toWebRequest(req: NodeRequest, parts: NodeRequestParts = {}): Request | undefined {
  const host = req.headers[':authority'] ?? req.headers.host ?? 'unknown'
  const url = `http://${host}${parts.url ?? req.originalUrl ?? req.url ?? '/'}`
  const method = req.method ?? 'GET'
  if (!URL.canParse(url) || UNREPRESENTABLE_METHODS.has(method)) return undefined
  const headers = new Headers(readHeaders(req))
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  // A body that a parser in front of us has read is judged as it was parsed, because that is what will run.
  const parsed = parts.body ?? req.body
  const body = parsed === undefined ? streamOf(parts.stream ?? req) : JSON.stringify(parsed)
  const init: RequestInit & { duplex: 'half' } = { method, headers, body, duplex: 'half' }
  return new Request(url, init)
}

function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const { done, value } = await chunks.next()
    if (done) controller.close()
    else controller.enqueue(value)
  }
  // Nothing is read before the token was found good.
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}
