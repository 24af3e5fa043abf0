import { isIP } from 'node:net'

export type NetworkJudgement =
  | { readonly ok: true; readonly network: string }
  | { readonly ok: false; readonly reason: string }

/**
 * Judges one network whose X-Forwarded headers are believed.
 * @param written a CIDR, or one address
 * @returns the network as a CIDR
 */
export function judgeTrustedProxy(written: string): NetworkJudgement {
  const [address = '', prefix, ...rest] = written.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0)
    return { ok: false, reason: 'must be a network such as 10.0.0.0/8 or one address' }
  const bits = version === 4 ? 32 : 128
  if (prefix === undefined) return { ok: true, network: `${address}/${bits}` }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) {
    return { ok: false, reason: `must have a prefix length between 1 and ${bits}` }
  }
  // Anyone could then claim any address, and every rate limit by address is gone.
  if (Number(prefix) === 0) return { ok: false, reason: 'would believe everyone: name the network of the proxy' }
  return { ok: true, network: written }
}
