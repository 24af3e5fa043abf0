import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** A server that can stop without cutting off a request. */
export interface DrainingServer {
  readonly server: Server
  isDraining(): boolean
  /**
   * Answers go on, and each asks its client to come on another connection next time: which may lead to another process.
   * For as long as others take to notice.
   */
  announceEnd(noticeMs: number): Promise<void>
  /** Takes no new connection, finishes the requests at hand within that time, and closes. */
  stop(patienceMs: number): Promise<void>
}

/** What connections may take up. */
export interface ConnectionLimits {
  /** Bytes. */
  readonly maxHeaderSize: number
  /** Milliseconds. */
  readonly headersTimeout: number
  readonly requestTimeout: number
  /** How often connections are looked at for whether their time is over. */
  readonly connectionsCheckingInterval: number
  /** After an answer, until a further request begins. */
  readonly keepAliveTimeout: number
  /** Headers of a request that are read; 0 for all. */
  readonly maxHeadersCount: number
  /** Of all connections together; further ones are closed at once. */
  readonly maxConnections: number
  /** After that many answers a connection is closed. */
  readonly maxRequestsPerSocket: number
}

/** Told of what never becomes a request: it answers, if nothing else does, and closes. */
export type BrokenRequestListener = (error: NodeJS.ErrnoException, socket: Duplex, hasBegunToAnswer: boolean) => void

export function createDrainingServer(
  limits: ConnectionLimits,
  handle: RequestListener,
  refuse: BrokenRequestListener,
): DrainingServer {
  let draining = false
  const atHand = new Set<ServerResponse>()
  let idle: (() => void) | undefined
  const server = createServer(limits, (req, res) => {
    atHand.add(res)
    res.once('close', () => {
      atHand.delete(res)
      if (atHand.size === 0) idle?.()
    })
    if (draining) res.setHeader('Connection', 'close')
    handle(req, res)
  })
  const { maxHeadersCount, maxConnections, maxRequestsPerSocket } = limits
  Object.assign(server, { maxHeadersCount, maxConnections, maxRequestsPerSocket })
  server.on('clientError', (error, socket) => {
    const hasBegun = [...atHand].some((res) => res.socket === socket && res.headersSent)
    refuse(error, socket, hasBegun)
  })
  return {
    server,
    isDraining: () => draining,
    async announceEnd(noticeMs) {
      draining = true
      await delay(noticeMs)
    },
    async stop(patienceMs) {
      draining = true
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const finished = new Promise<void>((resolve) => {
        idle = resolve
        if (atHand.size === 0) resolve()
      })
      // A stream has no end to wait for: whoever listens asks again, and is answered elsewhere.
      for (const res of atHand) if (isStream(res)) res.destroy()
      const patience = new AbortController()
      await Promise.race([finished, delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined)])
      patience.abort()
      // Connections on which nothing was ever sent, as browsers keep in reserve, never end by themselves.
      server.closeAllConnections()
      await closed
    },
  }
}

function isStream(res: ServerResponse): boolean {
  return res.headersSent && String(res.getHeader('Content-Type')).startsWith('text/event-stream')
}
