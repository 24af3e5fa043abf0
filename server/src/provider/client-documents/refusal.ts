import { errors } from 'oidc-provider'
import type { Opening } from '../../egress/index.ts'

/**
 * Why a client document cannot be used. The operator's log gets the code of the reason and a precise sentence; whoever
 * asked gets one page for all of them, because each difference would tell a stranger what our network can reach.
 * @see draft-ietf-oauth-client-id-metadata-document §8.6 (SSRF)
 */
export const DOCUMENT_CODES = {
  url: 'SALLYPORT_E_CLIENT_DOCUMENT_URL',
  host: 'SALLYPORT_E_CLIENT_DOCUMENT_HOST',
  denied: 'SALLYPORT_E_CLIENT_DOCUMENT_DENIED',
  blocked: 'SALLYPORT_E_CLIENT_DOCUMENT_BLOCKED',
  unreachable: 'SALLYPORT_E_CLIENT_DOCUMENT_UNREACHABLE',
  status: 'SALLYPORT_E_CLIENT_DOCUMENT_STATUS',
  gone: 'SALLYPORT_E_CLIENT_DOCUMENT_GONE',
  type: 'SALLYPORT_E_CLIENT_DOCUMENT_TYPE',
  json: 'SALLYPORT_E_CLIENT_DOCUMENT_JSON',
  id: 'SALLYPORT_E_CLIENT_DOCUMENT_ID',
  name: 'SALLYPORT_E_CLIENT_DOCUMENT_NAME',
  redirects: 'SALLYPORT_E_CLIENT_DOCUMENT_REDIRECTS',
  secret: 'SALLYPORT_E_CLIENT_DOCUMENT_SECRET',
  method: 'SALLYPORT_E_CLIENT_DOCUMENT_METHOD',
  keys: 'SALLYPORT_E_CLIENT_DOCUMENT_KEYS',
  stale: 'SALLYPORT_E_CLIENT_DOCUMENT_STALE',
  limit: 'SALLYPORT_E_CLIENT_DOCUMENT_LIMIT',
} as const

export type DocumentRefusalReason = keyof typeof DOCUMENT_CODES

/** What stands in the operator's log beside the sentence: who was to be asked, and which setting would open that way. */
export type RefusalOpening =
  | Opening
  | { readonly host: string; readonly setting: `clientDocuments.${'mode' | 'trustedHosts' | 'deniedHosts'}` }

/** A refusal with the sentence for the operator's log. */
export interface DocumentRefusal {
  readonly ok: false
  readonly reason: DocumentRefusalReason
  readonly detail: string
  /** Undefined where somebody answered, or nobody was to be asked: what a host says is opened by no setting. */
  readonly opening?: RefusalOpening | undefined
}

/** @param detail for the log alone: it may name addresses */
export function refuse(reason: DocumentRefusalReason, detail: string, opening?: RefusalOpening): DocumentRefusal {
  return { ok: false, reason, detail, opening }
}

// A client that tries again after this finds room: the limits refill within seconds.
export const LIMIT_RETRY_SECONDS = 2

/** A refusal on its way out of the engine. What it says to the outside is the same for every reason but `limit`. */
export class DocumentError extends errors.OIDCProviderError {
  readonly reason: DocumentRefusalReason
  readonly code: (typeof DOCUMENT_CODES)[DocumentRefusalReason]
  readonly opening: RefusalOpening | undefined

  constructor({ reason, detail, opening }: Omit<DocumentRefusal, 'ok'>) {
    const limited = reason === 'limit'
    super(limited ? 429 : 400, limited ? 'temporarily_unavailable' : 'invalid_client')
    this.reason = reason
    this.code = DOCUMENT_CODES[reason]
    this.opening = opening
    this.error_detail = detail
    // Nobody has said yet where an answer could go.
    this.allow_redirect = false
  }
}

/**
 * The keys a client proves itself by are too old to believe and cannot be had. It may try again: nothing was wrong with
 * what it sent, and an answer that says so would make it forget its grant.
 */
export class KeysUnavailableError extends errors.OIDCProviderError {
  readonly code = DOCUMENT_CODES.keys

  constructor(url: string) {
    super(503, 'temporarily_unavailable')
    this.error_detail = `the keys of ${url} are too old and cannot be had`
  }
}
