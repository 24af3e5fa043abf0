import type { LookupAddress, LookupOptions } from 'node:dns'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import type { ResolvedAddress } from './resolve.ts'

/** What a connection is made of; nothing of it comes from the environment. */
interface ConnectorOptions {
  /** The addresses that were judged. Others are not looked for. */
  readonly addresses: readonly ResolvedAddress[]
  readonly secureContext: SecureContext
  readonly timeoutMs: number
  /** Told of a connection whose other side has proven its name. */
  readonly onSecure: (socket: TLSSocket) => void
  /** The way through a proxy, open up to the destination. */
  readonly tunnel?: Socket
}

/** Connects to the judged addresses and to nothing else; the host's certificate must be for the host's name. */
export function pinnedConnector(options: ConnectorOptions): buildConnector.connector {
  const { addresses, secureContext, timeoutMs, tunnel, onSecure } = options
  const connect = buildConnector({
    lookup: pinnedLookup(addresses),
    secureContext,
    // Said aloud, because an environment variable can turn the default into false.
    rejectUnauthorized: true,
    // A session that was resumed shows no certificate.
    maxCachedSessions: 0,
    allowH2: false,
    timeout: timeoutMs,
  })
  const port = addresses[0]?.reachedAt?.port
  return (target, callback) => {
    const connected: typeof callback = (...result) => {
      if (result[1] instanceof TLSSocket) onSecure(result[1])
      callback(...result)
    }
    if (tunnel !== undefined) return connect({ ...target, httpSocket: tunnel }, connected)
    connect(port === undefined ? target : { ...target, port: String(port) }, connected)
  }
}

/** Answers what was decided before, whoever asks and how often. */
export function pinnedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  const found = addresses.map(({ address, reachedAt }): LookupAddress => {
    const place = reachedAt?.address ?? address
    return { address: place, family: isIP(place) }
  })
  return (_hostname, options: LookupOptions, callback) => {
    const [first] = found
    if (first === undefined) callback(new Error('no address was judged'), '', 0)
    else if (options.all === true) callback(null, found)
    else callback(null, first.address, first.family)
  }
}
