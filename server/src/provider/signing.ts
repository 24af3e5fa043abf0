import type { SigningKeys } from '../keys/signing-keys.ts'
import type { Slice } from './slice.ts'

/** Keys and algorithms of what this issuer signs. The published set is derived from the private keys. @see RFC 7517, RFC 8725 */
export function signing(keys: SigningKeys): Slice {
  return {
    jwks: { keys: [...keys.jwks.keys] as never },
    enabledJWA: { idTokenSigningAlgValues: [keys.algorithm] },
  }
}
