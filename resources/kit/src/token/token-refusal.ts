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
  /** The token is bound to a key, and what came with it does not show this key; or it is not bound and came with a proof. */
  | 'sender-constrained'
  | 'proof'
  | 'revoked'

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
  proof: 'SALLYPORT_E_TOKEN_PROOF',
  revoked: 'SALLYPORT_E_TOKEN_REVOKED',
}

// SDK 2.x recognises its error class across copies of itself by this mark, not by the prototype.
const SDK2_ERROR_BRANDS = Symbol.for('mcp.sdk.errorBrands')

/**
 * Thrown by `guard.verifier` only; `guard.handle` answers by itself. It is what SDK 2.x calls an `OAuthError`, so that
 * its `requireBearerAuth` answers 401 and not 500. SDK 1.x knows its own class only: see `createSdk1Verifier`.
 */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError'
  /** The error code of RFC 6750, where SDK 2.x looks for it. */
  readonly code = 'invalid_token'
  /** The same where SDK 1.x looks for it. */
  readonly errorCode = 'invalid_token'
  /** The stable code for logs, which says more than a client may know. */
  readonly reason: `SALLYPORT_E_${string}`

  /** @param reason why the token is not good here */
  constructor(reason: TokenRefusalReason) {
    super(reason === 'expired' ? 'The access token has expired' : 'The access token was refused')
    this.reason = TOKEN_REFUSAL_CODES[reason]
    Object.defineProperty(this, SDK2_ERROR_BRANDS, { value: new Set(['mcp.OAuthError']) })
  }

  /** The body of the answer, as both SDK lines ask for it. */
  toResponseObject(): { error: string; error_description: string } {
    return { error: this.code, error_description: this.message }
  }
}

/**
 * Thrown by `guard.verifier` while the issuer's keys cannot be had: says nothing about the token. Both SDK lines answer
 * 500 to it; what they would answer to `temporarily_unavailable` is 400, which blames the client.
 */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError'
  readonly errorCode = 'temporarily_unavailable'
  readonly reason = 'SALLYPORT_E_ISSUER_UNAVAILABLE'

  constructor() {
    super('The access token cannot be checked at the moment')
  }
}
