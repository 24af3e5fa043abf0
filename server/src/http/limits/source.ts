import ipaddr from 'ipaddr.js'

// Whoever has one IPv6 address has its whole network. @see RFC 6177
const NETWORK_GROUPS = 4

/** What of an address is counted by: all of IPv4, the network of IPv6. @param address as `Caller` has it */
export function sourceOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const parsed = ipaddr.parse(address)
  if (!('parts' in parsed)) return address
  const groups = parsed.parts.slice(0, NETWORK_GROUPS).map((group) => group.toString(16))
  return `${groups.join(':')}::/64`
}
