import { isIP } from 'node:net'

/** From where a host can be reached: this machine, its network, or anywhere. */
export type Reach = 'loopback' | 'private' | 'public'

const RANK: Readonly<Record<Reach, number>> = { loopback: 0, private: 1, public: 2 }
const PRIVATE_V4 = /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$)/
const PRIVATE_V6 = /^(?:f[cd]|fe[89ab])/i
const PRIVATE_NAME = /\.(?:local|internal|intranet|lan|corp|home|localdomain|svc)$/i

/** What an address says of its reach by itself, without asking for the name. */
export function reachOf(url: string): Reach {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host)) return 'loopback'
  if (isIP(host) === 4) return PRIVATE_V4.test(host) ? 'private' : 'public'
  if (isIP(host) === 6) return PRIVATE_V6.test(host) ? 'private' : 'public'
  // A name without a dot is known to the containers or the office that gave it.
  return !host.includes('.') || PRIVATE_NAME.test(host) ? 'private' : 'public'
}

/** Whether some who reach the server cannot reach this address. */
export function isNarrower(address: string, server: string): boolean {
  return RANK[reachOf(address)] < RANK[reachOf(server)]
}

export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** http in the name of something that is used by https: the sign of a server that does not know of the proxy before it. */
export function lostTls(named: string, used: string): boolean {
  const [a, b] = [new URL(named), new URL(used)]
  return a.protocol === 'http:' && b.protocol === 'https:' && a.hostname === b.hostname
}
