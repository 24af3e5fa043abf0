import type { ExchangeFailure } from './exchange-failure.ts'

/** Why there is no downstream token. Messages may change, codes may not. */
export type ExchangeErrorCode =
  | 'SALLYPORT_E_EXCHANGE_NO_CLIENT'
  | 'SALLYPORT_E_EXCHANGE_ARGUMENTS'
  | 'SALLYPORT_E_EXCHANGE_UNKNOWN_ACCESS'
  | 'SALLYPORT_E_EXCHANGE_UNSUPPORTED'
  | 'SALLYPORT_E_EXCHANGE_UNAVAILABLE'
  | 'SALLYPORT_E_EXCHANGE_INVALID_TARGET'
  | 'SALLYPORT_E_EXCHANGE_INVALID_SCOPE'
  | 'SALLYPORT_E_EXCHANGE_INVALID_GRANT'
  | 'SALLYPORT_E_EXCHANGE_INVALID_CLIENT'
  | 'SALLYPORT_E_EXCHANGE_REFUSED'
  | 'SALLYPORT_E_EXCHANGE_BAD_ANSWER'

/** Thrown by `guard.exchange`. Holds no token: its message may be logged and shown. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
  readonly code: ExchangeErrorCode
  /** True when the same exchange may succeed a moment later, with nothing changed. */
  readonly retryable: boolean
  /** The error of RFC 6749 §5.2 or RFC 8693 §2.2.2 that the issuer answered with, if it did. */
  readonly oauthError: string | undefined

  /** @param failure why there is no downstream token */
  constructor(failure: ExchangeFailure) {
    super(messageOf(failure))
    this.code = codeOf(failure)
    this.retryable = failure.kind === 'unavailable'
    this.oauthError = failure.kind === 'refused' ? failure.oauthError : undefined
  }
}

function codeOf(failure: ExchangeFailure): ExchangeErrorCode {
  switch (failure.kind) {
    case 'no-client':
      return 'SALLYPORT_E_EXCHANGE_NO_CLIENT'
    case 'arguments':
      return 'SALLYPORT_E_EXCHANGE_ARGUMENTS'
    case 'unknown-access':
      return 'SALLYPORT_E_EXCHANGE_UNKNOWN_ACCESS'
    case 'unsupported':
      return 'SALLYPORT_E_EXCHANGE_UNSUPPORTED'
    case 'unavailable':
      return 'SALLYPORT_E_EXCHANGE_UNAVAILABLE'
    case 'bad-answer':
      return 'SALLYPORT_E_EXCHANGE_BAD_ANSWER'
    case 'refused':
      return refusalOf(failure.oauthError).code
    default:
      return failure satisfies never
  }
}

function messageOf(failure: ExchangeFailure): string {
  switch (failure.kind) {
    case 'no-client':
      return 'exchange needs the client of this resource: give protect() `client: { id, key }`, or set SALLYPORT_CLIENT_ID and SALLYPORT_CLIENT_KEY_FILE. `sallyport resource add` makes both'
    case 'arguments':
      return `exchange was asked for something that cannot be: ${failure.detail}`
    case 'unknown-access':
      return 'exchange has no token for this access: it has expired, was verified by another guard, or too many came after it. Exchange while the call that brought it is being answered'
    case 'unsupported':
      return 'the issuer has no token endpoint that may be used: it must be https, or http on loopback like the issuer'
    case 'unavailable':
      return 'the issuer does not answer at the moment: try again'
    case 'bad-answer':
      return 'the issuer answered the exchange with something that is not what was asked for; the log of the guard says what'
    case 'refused':
      return refusalOf(failure.oauthError).message
    default:
      return failure satisfies never
  }
}

interface Refusal {
  readonly code: ExchangeErrorCode
  readonly message: string
}

function refusalOf(oauthError: string): Refusal {
  switch (oauthError) {
    case 'invalid_target':
      return {
        code: 'SALLYPORT_E_EXCHANGE_INVALID_TARGET',
        message:
          'the issuer does not exchange tokens of this resource for that one: see `--exchange-from` of the target',
      }
    case 'invalid_scope':
      return {
        code: 'SALLYPORT_E_EXCHANGE_INVALID_SCOPE',
        message: 'none of the scopes asked for is both held by the access token and known to the downstream resource',
      }
    case 'invalid_grant':
      return {
        code: 'SALLYPORT_E_EXCHANGE_INVALID_GRANT',
        message: 'what the person granted was revoked or has ended: they must sign in again',
      }
    case 'invalid_client':
    case 'unauthorized_client':
      return {
        code: 'SALLYPORT_E_EXCHANGE_INVALID_CLIENT',
        message:
          'the issuer refused the client of this resource: its id and key must be those that `sallyport resource add` made for this very resource',
      }
    case 'invalid_request':
      return {
        code: 'SALLYPORT_E_EXCHANGE_REFUSED',
        message:
          'the issuer does not exchange this token for this client (invalid_request): is the client the owner of this resource there, or has the token expired on the way?',
      }
    default:
      return { code: 'SALLYPORT_E_EXCHANGE_REFUSED', message: `the issuer refused the exchange: ${oauthError}` }
  }
}
