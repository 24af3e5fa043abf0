import { lookup, Resolver } from 'node:dns/promises'
import type { Trust } from './destination.ts'

/** One address of a name. */
export interface ResolvedAddress {
  /** What the judgement looks at, and what is connected to. */
  readonly address: string
  /**
   * Where the judged address is reached from here, when that is somewhere else. Nothing in the server says this: it is for
   * a resolver that is handed to `createEgress`, so that a test can play a public address on loopback.
   */
  readonly reachedAt?: { readonly address: string; readonly port: number }
}

/** Looks a name up. What it answers is judged and then connected to, without a second look. */
export type Resolve = (
  hostname: string,
  request: { readonly trust: Trust; readonly signal: AbortSignal },
) => Promise<readonly ResolvedAddress[]>

// One lost packet is asked for again; the whole request has a time of its own.
const DNS_TRIES = 2
const DNS_TRY_MS = 1_000

/**
 * How names are looked up unless `createEgress` is told otherwise. A stranger's name is asked of the DNS alone: the
 * machine's hosts file and search domains lead to neighbours, and the system's resolver blocks one of four threads that
 * also sign tokens for as long as a name server of the stranger's choice likes. A name of the settings is looked up as
 * every other program on this machine does.
 */
export const resolveName: Resolve = async (hostname, { trust, signal }) => {
  if (trust === 'stranger') return resolveByDns(hostname, signal)
  const found = await lookup(hostname, { all: true })
  return found.map(({ address }) => ({ address }))
}

/**
 * Asks the DNS for both kinds of address.
 * @param servers `address:port` of name servers; those of the machine unless given
 * @throws the DNS error when there is no address of either kind
 */
export async function resolveByDns(
  hostname: string,
  signal: AbortSignal,
  servers?: readonly string[],
): Promise<readonly ResolvedAddress[]> {
  const resolver = new Resolver({ tries: DNS_TRIES, timeout: DNS_TRY_MS })
  if (servers !== undefined) resolver.setServers(servers)
  const cancel = (): void => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (addresses.length === 0 && failed !== undefined) throw failed.reason
    return addresses.map((address) => ({ address }))
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
