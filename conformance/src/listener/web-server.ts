import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Header } from '../wire/message.ts'

/** A web server that runs. */
export interface WebServer {
  /** `http://127.0.0.1:9500` */
  readonly origin: string
  close(): Promise<void>
}

export interface WebServerOptions {
  /** Loopback, unless set, so that nobody but the subject's own machine reaches it. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port?: number
}

/** Answers one request; the connection of one that it fails at is cut. */
export type RequestHandler = (message: IncomingMessage, response: ServerResponse, origin: string) => Promise<void>

/**
 * Starts to listen.
 * @throws what `listen` throws: the port is in use, the address is not ours
 */
export async function startWebServer(
  { host = '127.0.0.1', port = 0 }: WebServerOptions,
  handle: RequestHandler,
): Promise<WebServer> {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
  server.on('request', (message, response) => {
    handle(message, response, origin).catch(() => response.destroy())
  })
  return { origin, close: () => stop(server) }
}

/** Headers as they came: in order, and one that came twice stands there twice. Names in lower case. */
export function headersOf({ rawHeaders }: IncomingMessage): readonly Header[] {
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
  )
}

/**
 * The body as text.
 * @param maxBytes what is larger is cut
 */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
