/** What an authorization server says of itself (RFC 8414), as it was found; members are not judged here. */
export interface AuthorizationServer {
  /** Issuer identifier that was asked for. */
  readonly issuer: string
  /** Where its metadata was found. */
  readonly url: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/** A client as the authorization server knows it, and how it proves who it is at the token endpoint. */
export interface OAuthClient {
  readonly clientId: string
  readonly redirectUri: string
  readonly authentication:
    | { readonly method: 'none' }
    | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
    | { readonly method: 'private_key_jwt'; readonly key: JsonWebKey & { readonly kid?: string } }
}
