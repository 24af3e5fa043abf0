import { ALLOWED_ALGORITHMS } from '../algorithms.ts'
import type { TokenScheme } from '../token/credentials.ts'

/** What a challenge tells the client. */
export interface Challenge {
  readonly scheme: TokenScheme
  /** Absent when the request had no credentials: then there is nothing to complain about (RFC 6750 §3.1). */
  readonly error?: 'invalid_request' | 'invalid_token' | 'invalid_dpop_proof' | 'insufficient_scope'
  readonly description?: string
  /** The scopes to ask for. */
  readonly scopes: readonly string[]
  /** Absolute URL of the protected resource metadata. */
  readonly resourceMetadata: string
}

/**
 * Writes the value of WWW-Authenticate: one line, printable ASCII, everything quoted.
 *
 * @param challenge what to tell
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750 §3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.1 RFC 9449 §7.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-5.1 RFC 9728 §5.1}
 */
export function buildChallenge(challenge: Challenge): string {
  const parameters = [
    challenge.error && `error=${quote(challenge.error)}`,
    challenge.description && `error_description=${quote(challenge.description)}`,
    challenge.scopes.length > 0 && `scope=${quote(challenge.scopes.join(' '))}`,
    `resource_metadata=${quote(challenge.resourceMetadata)}`,
    challenge.scheme === 'DPoP' && `algs=${quote(ALLOWED_ALGORITHMS.join(' '))}`,
  ]
  return `${challenge.scheme} ${parameters.filter((parameter) => typeof parameter === 'string').join(', ')}`
}

// A tool name may hold anything; a line break in a header would begin another header.
function quote(value: string): string {
  const printable = value.replace(/[^\x20-\x7e]/g, '?')
  return `"${printable.replace(/["\\]/g, '\\$&')}"`
}
