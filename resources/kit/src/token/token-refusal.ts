/** Every reason for which a token is not good here. The wire only ever says `invalid_token`. */
export type TokenRefusalReason =
  | 'too-large'
  | 'not-a-jwt'
  | 'wrong-type'
  | 'algorithm'
  | 'brings-its-own-key'
  | 'critical-header'
  | 'unknown-key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'claim'
  | 'expired'
  | 'not-yet-valid'
  | 'not-an-access-token'
  | 'sender-constrained'

/** A refused token, with what the operator needs to know and the client must not. */
export interface TokenRefusal {
  readonly reason: TokenRefusalReason
  readonly detail: string
}

/** Stable codes for logs: messages may change, these may not. */
export const TOKEN_REFUSAL_CODES: Readonly<Record<TokenRefusalReason, `SALLYPORT_E_${string}`>> = {
  'too-large': 'SALLYPORT_E_TOKEN_TOO_LARGE',
  'not-a-jwt': 'SALLYPORT_E_TOKEN_NOT_A_JWT',
  'wrong-type': 'SALLYPORT_E_TOKEN_TYPE',
  algorithm: 'SALLYPORT_E_TOKEN_ALGORITHM',
  'brings-its-own-key': 'SALLYPORT_E_TOKEN_OWN_KEY',
  'critical-header': 'SALLYPORT_E_TOKEN_CRITICAL_HEADER',
  'unknown-key': 'SALLYPORT_E_TOKEN_UNKNOWN_KEY',
  signature: 'SALLYPORT_E_TOKEN_SIGNATURE',
  issuer: 'SALLYPORT_E_TOKEN_ISSUER',
  audience: 'SALLYPORT_E_TOKEN_AUDIENCE',
  claim: 'SALLYPORT_E_TOKEN_CLAIM',
  expired: 'SALLYPORT_E_TOKEN_EXPIRED',
  'not-yet-valid': 'SALLYPORT_E_TOKEN_NOT_YET_VALID',
  'not-an-access-token': 'SALLYPORT_E_TOKEN_NOT_AN_ACCESS_TOKEN',
  'sender-constrained': 'SALLYPORT_E_TOKEN_SENDER_CONSTRAINED',
}

/** Thrown by `guard.verifier` only; `guard.handle` answers by itself. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError'
  /** The error code of RFC 6750. */
  readonly errorCode = 'invalid_token'
  readonly code: `SALLYPORT_E_${string}`

  /** @param reason why the token is not good here */
  constructor(reason: TokenRefusalReason) {
    super(reason === 'expired' ? 'The access token has expired' : 'The access token was refused')
    this.code = TOKEN_REFUSAL_CODES[reason]
  }
}

/** Thrown by `guard.verifier` while the issuer's keys cannot be had: says nothing about the token. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError'
  readonly errorCode = 'temporarily_unavailable'
  readonly code = 'SALLYPORT_E_ISSUER_UNAVAILABLE'

  constructor() {
    super('The access token cannot be checked at the moment')
  }
}
