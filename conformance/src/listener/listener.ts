import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Header, WireRequest } from '../wire/message.ts'

/** What is answered to one request. */
export interface ListenerAnswer {
  readonly status: number
  readonly headers?: readonly Header[]
  /** Written as JSON. */
  readonly body: unknown
}

/** A web server that runs. */
export interface Listener {
  /** `http://127.0.0.1:9500` */
  readonly origin: string
  close(): Promise<void>
}

export interface ListenerOptions {
  /** Loopback, unless set, so that nobody but the subject's own machine reaches it. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port?: number
}

/** What is larger is cut. */
const MAX_REQUEST_BYTES = 64 * 1024

/**
 * Starts to listen.
 * @param answer is asked for each request, which comes with its whole address
 * @throws what `listen` throws: the port is in use, the address is not ours
 */
export async function startListener(
  { host = '127.0.0.1', port = 0 }: ListenerOptions,
  answer: (request: WireRequest) => ListenerAnswer | Promise<ListenerAnswer>,
): Promise<Listener> {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
  server.on('request', (message, response) => {
    const handle = async (): Promise<void> => {
      const { status, headers = [], body } = await answer(await readRequest(message, origin))
      const all = [['content-type', 'application/json'], ['cache-control', 'no-store'], ...headers]
      response.writeHead(status, Object.fromEntries(all)).end(JSON.stringify(body))
    }
    handle().catch(() => response.destroy())
  })
  return { origin, close: () => stop(server) }
}

async function readRequest(message: IncomingMessage, origin: string): Promise<WireRequest> {
  const body = await readBody(message)
  const { method = 'GET', url = '/' } = message
  return { method, url: `${origin}${url}`, headers: headersOf(message), ...(body === '' ? {} : { body }) }
}

function headersOf({ rawHeaders }: IncomingMessage): readonly Header[] {
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
  )
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += chunk.length
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
