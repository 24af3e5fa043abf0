import type { IncomingMessage, ServerResponse } from 'node:http'

// Methods that the web standard refuses to put into a request.
const UNREPRESENTABLE_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** What express adds to node's request, as far as adapters read it. */
export type NodeRequest = IncomingMessage & { body?: unknown; originalUrl?: string }

/**
 * Makes a web standard request of a node one. The body is not read before someone asks for it.
 *
 * @param req the request as node or express has it
 * @returns undefined for what no web standard request can be: a Host that is none, a method like TRACE
 */
export function toWebRequest(req: NodeRequest): Request | undefined {
  const url = `http://${req.headers.host ?? 'unknown'}${req.originalUrl ?? req.url ?? '/'}`
  const method = req.method ?? 'GET'
  if (!URL.canParse(url) || UNREPRESENTABLE_METHODS.has(method)) return undefined
  // From the raw headers: node drops a second Authorization header, and with it the evidence of two credentials.
  const headers = new Headers()
  for (let at = 0; at + 1 < req.rawHeaders.length; at += 2) {
    headers.append(req.rawHeaders[at] ?? '', req.rawHeaders[at + 1] ?? '')
  }
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  // A body that a parser in front of us has read is judged as it was parsed, because that is what will run.
  const body = req.body === undefined ? streamOf(req) : JSON.stringify(req.body)
  const init: RequestInit & { duplex: 'half' } = { method, headers, body, duplex: 'half' }
  return new Request(url, init)
}

function streamOf(req: NodeRequest): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = req[Symbol.asyncIterator]()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const { done, value } = await chunks.next()
    if (done) controller.close()
    else controller.enqueue(value)
  }
  // Nothing is read before the token was found good.
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}

/**
 * Takes the token off a request. Also from the raw headers, which the SDK copies to where tools can see them.
 *
 * @param req the request that is handed on
 */
export function hideAuthorization(req: NodeRequest): void {
  req.rawHeaders = req.rawHeaders.filter((_, at, raw) => raw[at - (at % 2)]?.toLowerCase() !== 'authorization')
  delete req.headers.authorization
}

/**
 * Answers a node request with a web standard response that the guard built.
 *
 * @param response a response with a short body
 * @param res where it goes
 */
export async function sendWebResponse(response: Response, res: ServerResponse): Promise<void> {
  res.writeHead(response.status, Object.fromEntries(response.headers))
  res.end(await response.text())
}
