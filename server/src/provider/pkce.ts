import type { Slice } from './slice.ts'

/** Every client proves possession of its code, confidential ones too. S256 only: the engine knows no other method. @see RFC 7636 */
export function pkce(): Slice {
  return { pkce: { required: () => true } }
}
