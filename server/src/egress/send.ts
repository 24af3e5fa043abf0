import type { SecureContext, TLSSocket } from 'node:tls'
import { Client, type Dispatcher } from 'undici'
import { pinnedConnector } from './connector.ts'
import type { Destination } from './destination.ts'
import { EgressFailure } from './failure.ts'
import { type EgressProxy, openTunnel } from './proxy.ts'
import type { ResolvedAddress } from './resolve.ts'

/** Headers of an answer, whatever the case of the name; repeated ones are joined by a comma. */
export interface AnswerHeaders {
  get(name: string): string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Buffer
  /** The judged address that was asked, or the first of several. */
  readonly address: string
  /** When the certificate of the other side ends, in milliseconds since 1970; undefined for plain http. */
  readonly certificateEndsAt: number | undefined
}

interface Send {
  readonly destination: Destination
  /** Judged, at least one. */
  readonly addresses: readonly ResolvedAddress[]
  readonly headers: Readonly<Record<string, string>>
  /** Most bytes of a body. */
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly secureContext: SecureContext
  readonly proxy: EgressProxy | undefined
  /** Told when the other side has proven its name. */
  readonly onSecure: () => void
}

/** A well-known document comes with a few hundred bytes of headers; more is meant to fill memory. */
const MAX_HEADER_BYTES = 16_384

/**
 * Sends one GET over a connection of its own, which ends with it: nothing that one host was told or said is there when
 * the next is asked.
 * @throws EgressFailure, or the error of the network
 */
export async function send(request: Send): Promise<Answer> {
  const { destination, addresses, proxy, secureContext, timeoutMs, signal } = request
  const [first] = addresses
  if (first === undefined) throw new EgressFailure('name', 'the name has no address')
  // What the operator named as part of the own network is not reached by the way out of it.
  const tunnel =
    proxy === undefined || destination.allowed
      ? undefined
      : await openTunnel(proxy, { address: first.address, port: destination.port, timeoutMs, signal })
  let certificateEndsAt: number | undefined
  const onSecure = (socket: TLSSocket): void => {
    certificateEndsAt = Date.parse(socket.getPeerCertificate().valid_to)
    request.onSecure()
  }
  const pinned = { addresses, secureContext, timeoutMs, onSecure, ...(tunnel === undefined ? {} : { tunnel }) }
  const client = new Client(destination.url.origin, {
    connect: pinnedConnector(pinned),
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The signal ends everything, whichever part is slow.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  try {
    const { pathname, search } = destination.url
    const headers = { ...request.headers, 'accept-encoding': 'identity', 'user-agent': 'sallyport' }
    const answer = await client.request({ method: 'GET', path: pathname + search, headers, signal })
    const body = await readBody(answer, request.maxBytes)
    return {
      status: answer.statusCode,
      headers: headersOf(answer.headers),
      body,
      address: first.address,
      certificateEndsAt,
    }
  } finally {
    await client.destroy()
    tunnel?.destroy()
  }
}

async function readBody({ headers, body }: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  // An error nobody waits for any more must not end the process.
  body.on('error', () => undefined)
  const encoding = headersOf(headers).get('content-encoding') ?? 'identity'
  // Nothing compressed was asked for; a few bytes that unfold into gigabytes are not unfolded.
  if (encoding.trim().toLowerCase() !== 'identity') throw new EgressFailure('answer', 'the answer is compressed')
  const tooLarge = new EgressFailure('answer', `the answer is larger than ${maxBytes} bytes`)
  if (Number(headersOf(headers).get('content-length') ?? 0) > maxBytes) throw tooLarge
  const chunks: Buffer[] = []
  let received = 0
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk)
    received += bytes.length
    if (received > maxBytes) throw tooLarge
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function headersOf(headers: Dispatcher.ResponseData['headers']): AnswerHeaders {
  return {
    get(name) {
      const value = headers[name.toLowerCase()]
      return Array.isArray(value) ? value.join(', ') : value
    },
  }
}
