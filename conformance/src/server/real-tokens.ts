/** What a check wishes for, that only the issuer of the server can make. */
export type TokenWish =
  /** For the examined server, with these scopes; what the issuer gave instead stands in the answer. */
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  /** Like the accepted one, and nothing is lost when it is revoked. */
  | { readonly kind: 'to revoke' }
  /** For another server of the same issuer. */
  | { readonly kind: 'other resource' }
  /** What a token of the examined server was exchanged for. */
  | { readonly kind: 'exchanged' }
  | { readonly kind: 'ID token' }

/** A real token, or why there is none, in words for the report. */
export type RealToken =
  | {
      readonly kind: 'token'
      readonly token: string
      readonly scopes: readonly string[]
      /** Seconds since the epoch. */
      readonly expiresAt: number | undefined
      /** Whom it is for cannot be read in it: who takes it may have a reason that is not seen. */
      readonly isOpaque?: boolean
    }
  | { readonly kind: 'none'; readonly why: string }

/** Where real tokens of the issuer that a server trusts come from. */
export interface RealTokens {
  /** Never throws for what the issuer answers. */
  get(wish: TokenWish): Promise<RealToken>
  /** @returns why it was not revoked; undefined when the issuer has done it */
  revoke(token: string): Promise<string | undefined>
  /** Every credential so far, for the redaction of reports. */
  readonly secrets: readonly string[]
}

/** What a source of real tokens has to know of the server that they are for. */
export interface TokensFor {
  readonly resource: string
  /** Authorization servers that its metadata names. */
  readonly issuers: readonly string[]
  readonly scopes: readonly string[]
}
