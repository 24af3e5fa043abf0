import { TOKEN_REFUSAL_CODES, type TokenRefusal } from '../token/token-refusal.ts'

/** Enough to recognise a URL or a claim; the rest of a log line belongs to others. */
const MAX_DETAIL_LENGTH = 300

/** Everything for which the guard does not hand a request on. Closed: each member has its answer and its code. */
export type Refusal =
  | { readonly kind: 'foreign-host' }
  | { readonly kind: 'foreign-origin' }
  | { readonly kind: 'no-credentials' }
  | { readonly kind: 'token-in-query' }
  | { readonly kind: 'malformed-credentials'; readonly detail: string }
  | { readonly kind: 'token-refused'; readonly refusal: TokenRefusal }
  | { readonly kind: 'issuer-unavailable'; readonly detail: string }
  | { readonly kind: 'method-not-allowed' }
  | { readonly kind: 'body-too-large' }
  | { readonly kind: 'body-unreadable'; readonly detail: string }
  | { readonly kind: 'not-json-rpc'; readonly detail: string }
  | { readonly kind: 'header-mismatch'; readonly detail: string; readonly id: string | number | undefined }
  | { readonly kind: 'insufficient-scope'; readonly scopes: readonly string[]; readonly tools: readonly string[] }
  | { readonly kind: 'call-denied'; readonly tools: readonly string[]; readonly answer: object | undefined }

const CODES: Readonly<Record<Exclude<Refusal['kind'], 'token-refused'>, `SALLYPORT_E_${string}`>> = {
  'foreign-host': 'SALLYPORT_E_FOREIGN_HOST',
  'foreign-origin': 'SALLYPORT_E_FOREIGN_ORIGIN',
  'no-credentials': 'SALLYPORT_E_NO_CREDENTIALS',
  'token-in-query': 'SALLYPORT_E_TOKEN_IN_QUERY',
  'malformed-credentials': 'SALLYPORT_E_MALFORMED_CREDENTIALS',
  'issuer-unavailable': 'SALLYPORT_E_ISSUER_UNAVAILABLE',
  'method-not-allowed': 'SALLYPORT_E_METHOD_NOT_ALLOWED',
  'body-too-large': 'SALLYPORT_E_BODY_TOO_LARGE',
  'body-unreadable': 'SALLYPORT_E_BODY_UNREADABLE',
  'not-json-rpc': 'SALLYPORT_E_NOT_JSON_RPC',
  'header-mismatch': 'SALLYPORT_E_HEADER_MISMATCH',
  'insufficient-scope': 'SALLYPORT_E_INSUFFICIENT_SCOPE',
  'call-denied': 'SALLYPORT_E_CALL_DENIED',
}

/**
 * The stable code of a refusal, for logs.
 *
 * @param refusal why the request is not handed on
 */
export function refusalCode(refusal: Refusal): `SALLYPORT_E_${string}` {
  return refusal.kind === 'token-refused' ? TOKEN_REFUSAL_CODES[refusal.refusal.reason] : CODES[refusal.kind]
}

/**
 * The private reason of a refusal, for logs: exact, cut where a client made it long, without any token.
 *
 * @param refusal why the request is not handed on
 */
export function refusalDetail(refusal: Refusal): string {
  return privateReason(refusal).slice(0, MAX_DETAIL_LENGTH)
}

function privateReason(refusal: Refusal): string {
  if (refusal.kind === 'token-refused') return refusal.refusal.detail
  if ('detail' in refusal) return refusal.detail
  if ('tools' in refusal) return `tools ${JSON.stringify(refusal.tools)}`
  return refusal.kind
}
