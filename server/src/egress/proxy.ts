import { isIPv6, Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { Client } from 'undici'
import { EgressFailure } from './failure.ts'

/** The operator's way out of the network. */
export interface EgressProxy {
  readonly origin: string
  /** Value of Proxy-Authorization. */
  readonly authorization: string | undefined
  readonly secureContext: SecureContext
}

/** @param url of the setting `egress.proxy`, which was judged when the settings were loaded */
export function proxyFrom(url: string, secureContext: SecureContext): EgressProxy {
  const { origin, username, password } = new URL(url)
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization = username === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
  return { origin, authorization, secureContext }
}

/**
 * Asks the proxy for a way to an address that was judged, by its number: given a name, the proxy would look it up once
 * more and might find another address behind it.
 * @returns the socket, on which the destination itself is yet to prove its name
 * @see RFC 9110 §9.3.6
 */
export async function openTunnel(
  proxy: EgressProxy,
  to: { readonly address: string; readonly port: number; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Socket> {
  const target = `${isIPv6(to.address) ? `[${to.address}]` : to.address}:${to.port}`
  const client = new Client(proxy.origin, {
    connect: { secureContext: proxy.secureContext, rejectUnauthorized: true, timeout: to.timeoutMs },
    allowH2: false,
    headersTimeout: 0,
  })
  const { authorization } = proxy
  const headers = { host: target, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) }
  try {
    const { statusCode, socket } = await client.connect({ path: target, headers, signal: to.signal })
    socket.on('error', () => undefined)
    if (statusCode === 200 && socket instanceof Socket) return socket
    socket.destroy()
    throw new EgressFailure('proxy', `the proxy answered ${statusCode} to CONNECT ${target}`)
  } catch (error) {
    await client.destroy()
    throw error
  }
}
