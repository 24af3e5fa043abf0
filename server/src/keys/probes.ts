import { createMac } from './mac.ts'
import type { Sealer } from './sealing.ts'

/**
 * Questions that only somebody with the encryption keys can ask: what did my own request look like when it arrived? The
 * answer names proxies, which is nobody else's business.
 */
export interface Probes {
  /** @param now seconds since 1970 */
  make(now: number): string
  check(probe: string, now: number): boolean
}

// Clocks of two machines may differ; a question that was overheard is not one for long.
const PROBE_SECONDS = 60

export function createProbes(sealer: Sealer): Probes {
  const signed = createMac(sealer, 'probe')
  return {
    make: (now) => `${now}.${signed.sign(String(now))}`,
    check(probe, now) {
      const [at = '', mac = ''] = probe.split('.')
      if (!/^\d{1,12}$/.test(at) || Math.abs(Number(at) - now) > PROBE_SECONDS) return false
      return signed.verify(mac, at)
    },
  }
}
