/** Why nothing was connected to; a closed list, counted by. */
export const EGRESS_BLOCKS = ['url', 'scheme', 'host', 'port', 'address'] as const
export type EgressBlock = (typeof EGRESS_BLOCKS)[number]

/** Why there was no answer, or none that was taken; a closed list, counted by. */
export const EGRESS_FAILURES = ['name', 'connection', 'tls', 'proxy', 'answer', 'timeout', 'unknown'] as const
export type EgressFailureKind = (typeof EGRESS_FAILURES)[number]

/** A request that got as far as the network and came back without an answer. The sentence is for the operator's log. */
export class EgressFailure extends Error {
  override readonly name = 'EgressFailure'
  readonly kind: EgressFailureKind

  constructor(kind: EgressFailureKind, sentence: string) {
    super(sentence)
    this.kind = kind
  }
}

/** Which of the closed list an error is. */
export function kindOfFailure(error: unknown): EgressFailureKind {
  if (error instanceof EgressFailure) return error.kind
  const code = codeOf(error) ?? ''
  return KNOWN[code]?.kind ?? (TLS_CODE.test(code) ? 'tls' : 'unknown')
}

/** Says in one line, for the operator's log, why there is no answer. Never holds anything the other side sent. */
export function describeFailure(error: unknown): string {
  if (error instanceof EgressFailure) return error.message
  const code = codeOf(error)
  const known = code === undefined ? undefined : KNOWN[code]
  if (known !== undefined) return `${known.sentence} (${code})`
  if (code === undefined) return 'the request failed'
  return TLS_CODE.test(code) ? `no trusted TLS (${code})` : `the request failed (${code})`
}

/** Whether a certificate is good but for who made it: then another root would make it good. */
export function isUnknownAuthority(error: unknown): boolean {
  return UNKNOWN_AUTHORITY.has(codeOf(error) ?? '')
}

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

const TLS_CODE = /CERT|SIGNATURE|TLS|SSL|ERR_OSSL|ISSUER/

const KNOWN: Readonly<Record<string, { readonly kind: EgressFailureKind; readonly sentence: string }>> = {
  ENOTFOUND: { kind: 'name', sentence: 'the name does not resolve' },
  ENODATA: { kind: 'name', sentence: 'the name has no address' },
  EAI_AGAIN: { kind: 'name', sentence: 'name resolution does not answer' },
  ESERVFAIL: { kind: 'name', sentence: 'name resolution failed' },
  ETIMEOUT: { kind: 'name', sentence: 'name resolution does not answer' },
  ECONNREFUSED: { kind: 'connection', sentence: 'nothing listens there' },
  ECONNRESET: { kind: 'connection', sentence: 'the connection was cut' },
  EHOSTUNREACH: { kind: 'connection', sentence: 'there is no route to the host' },
  ENETUNREACH: { kind: 'connection', sentence: 'there is no route to the network' },
  ETIMEDOUT: { kind: 'connection', sentence: 'the host does not answer' },
  UND_ERR_CONNECT_TIMEOUT: { kind: 'connection', sentence: 'the host does not answer' },
  UND_ERR_HEADERS_OVERFLOW: { kind: 'answer', sentence: 'the headers of the answer are too large' },
  UND_ERR_SOCKET: { kind: 'connection', sentence: 'the connection was cut' },
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
