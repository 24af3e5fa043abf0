import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4 } from 'node:net'

/** Who a request comes from, as far as it can be believed. */
export interface Caller {
  /** The address of whoever called, or of the outermost proxy that is trusted and does not say; undefined for no socket. */
  readonly address: string | undefined
  /** By which scheme the nearest trusted proxy was called; undefined when none says. */
  readonly scheme: 'http' | 'https' | undefined
  /** The request came by a proxy of `trustedProxies`. */
  readonly trusted: boolean
  /** Somebody who is not trusted says for whom the request is. */
  readonly ignored: boolean
}

export type ReadCaller = (req: Pick<IncomingMessage, 'headers' | 'socket'>) => Caller

/**
 * Makes the reader of callers. X-Forwarded-For is read from right to left, each entry being the word of the one behind
 * it: the first address that is not a trusted proxy's is the caller's, and what stands left of it is what that caller
 * wrote. Nothing of it ever gets into a URL.
 * @param trustedProxies CIDRs
 */
export function createCallerReader(trustedProxies: readonly string[]): ReadCaller {
  const proxies = new BlockList()
  for (const network of trustedProxies) {
    const [base = '', bits] = network.split('/')
    proxies.addSubnet(base, Number(bits), family(base))
  }
  const isProxy = (address: string): boolean => proxies.check(address, family(address))
  return ({ headers, socket }) => {
    const peer = plainAddress(socket.remoteAddress ?? '')
    const said = listOf(headers['x-forwarded-for'])
    if (peer === undefined || !isProxy(peer)) {
      return { address: peer, scheme: undefined, trusted: false, ignored: said.length > 0 }
    }
    const scheme = schemeOf(listOf(headers['x-forwarded-proto']).at(-1))
    return { address: outermost(peer, said, isProxy), scheme, trusted: true, ignored: false }
  }
}

function outermost(peer: string, said: readonly string[], isProxy: (address: string) => boolean): string {
  let address = peer
  for (const entry of said.toReversed()) {
    const next = plainAddress(entry)
    // Not an address: the proxy that wrote it does not say who called, so it is the last that is known.
    if (next === undefined) return address
    address = next
    if (!isProxy(next)) return address
  }
  return address
}

/** `undefined` for anything that is not one address, with a port or without. */
function plainAddress(written: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\](?::\d+)?|(\d[\d.]+):\d+)$/.exec(written) ?? []
  const address = bracketed ?? dotted ?? written
  if (isIP(address) === 0 || address.includes('%')) return undefined
  // A socket that takes both families shows IPv4 in the clothes of IPv6.
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  return mapped !== undefined && isIPv4(mapped) ? mapped : address
}

function listOf(header: string | readonly string[] | undefined): readonly string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',')
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function schemeOf(said: string | undefined): Caller['scheme'] {
  const scheme = said?.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : undefined
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6'
}
