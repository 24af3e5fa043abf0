import type { IncomingMessage } from 'node:http'
import type { Header, WireRequest } from '../wire/message.ts'
import { headersOf, readBody, startWebServer, type WebServer, type WebServerOptions } from './web-server.ts'

/** What is answered to one request. */
export interface ListenerAnswer {
  readonly status: number
  readonly headers?: readonly Header[]
  /** Written as JSON. */
  readonly body: unknown
}

/** What is larger is cut. */
const MAX_REQUEST_BYTES = 64 * 1024

/**
 * Starts to listen.
 * @param answer is asked for each request, which comes with its whole address
 * @throws what `listen` throws: the port is in use, the address is not ours
 */
export function startListener(
  options: WebServerOptions,
  answer: (request: WireRequest) => ListenerAnswer | Promise<ListenerAnswer>,
): Promise<WebServer> {
  return startWebServer(options, async (message, response, origin) => {
    const { status, headers = [], body } = await answer(await readRequest(message, origin))
    const all = [['content-type', 'application/json'], ['cache-control', 'no-store'], ...headers]
    response.writeHead(status, Object.fromEntries(all)).end(JSON.stringify(body))
  })
}

async function readRequest(message: IncomingMessage, origin: string): Promise<WireRequest> {
  const body = await readBody(message, MAX_REQUEST_BYTES)
  const { method = 'GET', url = '/' } = message
  return { method, url: `${origin}${url}`, headers: headersOf(message), ...(body === '' ? {} : { body }) }
}
