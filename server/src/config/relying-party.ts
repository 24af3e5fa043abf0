import { isIP } from 'node:net'

/** For whom browsers make passkeys: a name, and the one origin that may ask for them. */
export interface RelyingParty {
  /** Host name of the issuer. A passkey made for one is of no use for another. */
  readonly id: string
  readonly origin: string
}

/**
 * The relying party that an issuer is: taken from the issuer and never from what a request says of its host.
 * @returns undefined where the issuer's host is an IP address, for which browsers make no passkeys
 * @see Web Authentication Level 3 §5.1.2 (an effective domain is a domain), §4 "Relying Party Identifier"
 */
export function relyingPartyOf(issuer: string): RelyingParty | undefined {
  const { hostname, origin } = new URL(issuer)
  // A URL keeps the brackets of an IPv6 address.
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { id: hostname, origin } : undefined
}
