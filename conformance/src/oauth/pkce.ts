import { createHash, randomBytes } from 'node:crypto'

/** Verifier and challenge of one authorization. */
export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4 */
export function createPkce(verifier: string = randomBytes(32).toString('base64url')): Pkce {
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
