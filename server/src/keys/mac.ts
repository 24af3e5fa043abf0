import { createHmac } from 'node:crypto'
import { equalInConstantTime } from './equal.ts'
import type { MacPurpose, Sealer } from './sealing.ts'

/** Authentication codes for one purpose: made by the key in use, good by any that is still valid. */
export interface Mac {
  /** @param parts taken as one text, one after the other @returns 256 bits in base64url */
  sign(...parts: readonly (string | Uint8Array)[]): string
  /** Whether `mac` was made of the same parts. */
  verify(mac: string, ...parts: readonly (string | Uint8Array)[]): boolean
}

export function createMac(sealer: Sealer, purpose: MacPurpose): Mac {
  const keys = sealer.macKeys(purpose)
  const derive = (key: Buffer, parts: readonly (string | Uint8Array)[]): string => {
    const hmac = createHmac('sha256', key)
    for (const part of parts) hmac.update(part)
    return hmac.digest('base64url')
  }
  return {
    sign: (...parts) => derive(keys[0], parts),
    verify: (mac, ...parts) => keys.some((key) => equalInConstantTime(derive(key, parts), mac)),
  }
}
