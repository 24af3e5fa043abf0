import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Public by their number, and yet a door into the network of the machine itself. */
const HOST_LOCAL: ReadonlyMap<string, string> = new Map([
  // Azure answers each virtual machine here, with what that machine alone should know.
  ['168.63.129.16', 'the agent of a cloud host'],
])

/** The one block of IPv6 that is handed out for the public Internet; everything else is something else, known or not. */
const PUBLIC_V6 = { base: ipaddr.IPv6.parse('2000::'), bits: 3 }

/**
 * Judges one address by the rule "unknown is no": only what is plainly an ordinary address of the public Internet passes.
 * IPv6 that carries an IPv4 address inside (mapped, compatible, translated, tunnelled) is refused whatever lies inside.
 * @param address as a resolver or a URL gives it
 * @returns why nothing may be sent there, or undefined
 * @see RFC 6890
 */
export function refuseAddress(address: string): string | undefined {
  // A zone names an interface of this machine; other parsers would read spellings here that this one does not.
  if (isIP(address) === 0 || address.includes('%')) return 'is no plain IP address'
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range !== 'unicast') return `is special-use (${range})`
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(PUBLIC_V6.base, PUBLIC_V6.bits)) {
    return 'is outside of the public block of IPv6'
  }
  const local = HOST_LOCAL.get(parsed.toString())
  return local && `is ${local}`
}
