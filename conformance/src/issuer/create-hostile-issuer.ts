import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Header, WireRequest } from '../wire/message.ts'
import type { HostileIssuer } from './hostile-issuer.ts'
import { createTokenLedger } from './introspection.ts'
import { createIssuerEndpoints, type IssuerEndpoints } from './issuer-endpoints.ts'
import { createKeyRing } from './issuer-keys.ts'
import { mintToken } from './mint.ts'

export interface HostileIssuerOptions {
  /** Address it listens on. Loopback, so that nobody but the subject's own machine reaches it. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port?: number
  /** Path of the issuer identifier, such as `/tenant`. */
  readonly path?: string
  /** Key id of the signing key, to share it with another issuer. */
  readonly kid?: string
}

/** Requests to an issuer are forms; what is larger is cut. */
const MAX_REQUEST_BYTES = 64 * 1024
/** A subject that asks without end must not fill the examiner's memory. */
const MAX_REMEMBERED = 2_000

/**
 * Starts an issuer on this machine.
 * @throws what `listen` throws: the port is in use, the address is not ours
 */
export async function createHostileIssuer(options: HostileIssuerOptions = {}): Promise<HostileIssuer> {
  const { host = '127.0.0.1', port = 0, path = '' } = options
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  const issuer = `http://${host.includes(':') ? `[${host}]` : host}:${taken}${path}`
  const keys = createKeyRing(options.kid)
  const ledger = createTokenLedger(issuer)
  const asked: WireRequest[] = []
  let reachable = true
  const endpoints = createIssuerEndpoints(issuer, {
    keySet: () => keys.published(),
    introspect: (token) => ledger.introspect(token, nowSeconds()),
    reachable: () => reachable,
  })
  serve(server, endpoints, issuer, (request) => {
    if (asked.length < MAX_REMEMBERED) asked.push(request)
  })
  return {
    issuer,
    jwksUri: endpoints.jwksUri,
    asked,
    get publicKey() {
      return keys.current.publicJwk
    },
    strangerKey: keys.stranger.publicJwk,
    async mint(audience, change = {}) {
      const minted = mintToken({ issuer, keys, now: nowSeconds() }, audience, change)
      ledger.record(minted, change)
      return minted.token
    },
    revoke: (token) => ledger.revoke(token),
    setReachable(value) {
      reachable = value
    },
    withdraw: (kid) => keys.withdraw(kid),
    async rotate() {
      keys.rotate()
    },
    close: () => stop(server),
  }
}

function serve(server: Server, endpoints: IssuerEndpoints, issuer: string, record: (request: WireRequest) => void) {
  const { origin } = new URL(issuer)
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    const url = `${origin}${request.url ?? '/'}`
    record({ method: request.method ?? 'GET', url, headers: headersOf(request), ...(body === '' ? {} : { body }) })
    const answer = endpoints.answer(new URL(url).pathname, new URLSearchParams(body))
    response.writeHead(answer.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(JSON.stringify(answer.body))
  }
  server.on('request', (request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
}

function headersOf({ rawHeaders }: IncomingMessage): readonly Header[] {
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
  )
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
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

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
