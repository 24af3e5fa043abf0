import { ALLOWED_ALGORITHMS } from '../algorithms.ts'
import type { TokenRefusal, TokenRefusalReason } from './token-refusal.ts'

const OWN_KEY_MEMBERS = ['jwk', 'jku', 'x5u', 'x5c'] as const

/** What is expected of a token's header. */
export interface HeaderExpectation {
  /** True: `typ: JWT` passes too, for issuers that do not write `at+jwt`. */
  readonly acceptJwtType: boolean
}

/**
 * Judges the header of a token before any key is looked up.
 *
 * @param header the decoded header
 * @param expected what the resource was set to accept
 * @returns why the token is refused, or undefined
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
export function judgeHeader(
  header: Readonly<Record<string, unknown>>,
  expected: HeaderExpectation,
): TokenRefusal | undefined {
  const { alg, typ } = header
  if (typeof alg !== 'string' || !ALLOWED_ALGORITHMS.includes(alg)) return refuse('algorithm', 'alg', alg)
  if (!isAcceptedType(typ, expected)) return refuse('wrong-type', 'typ', typ)
  for (const member of OWN_KEY_MEMBERS) {
    // Keys come from the issuer's metadata. A token that points elsewhere asks to be its own witness.
    if (header[member] !== undefined) return refuse('brings-its-own-key', member, header[member])
  }
  // RFC 7515 §4.1.11: what is critical and not understood must be refused; we understand no extension.
  if (header.crit !== undefined) return refuse('critical-header', 'crit', header.crit)
  return undefined
}

function isAcceptedType(typ: unknown, expected: HeaderExpectation): boolean {
  if (typeof typ !== 'string') return false
  const type = typ.toLowerCase().replace(/^application\//, '')
  return type === 'at+jwt' || (expected.acceptJwtType && type === 'jwt')
}

function refuse(reason: TokenRefusalReason, member: string, value: unknown): TokenRefusal {
  return { reason, detail: `header ${member} is ${JSON.stringify(value) ?? 'missing'}` }
}
