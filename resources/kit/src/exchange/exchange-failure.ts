/** Everything for which there is no downstream token. Closed; no member ever holds a token. */
export type ExchangeFailure =
  | { readonly kind: 'no-client' }
  | { readonly kind: 'arguments'; readonly detail: string }
  | { readonly kind: 'unknown-access' }
  | { readonly kind: 'unsupported'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string }
  | { readonly kind: 'refused'; readonly oauthError: string; readonly detail: string }
  | { readonly kind: 'bad-answer'; readonly detail: string }

/** The failures of a request that was sent: what an operator should hear about. */
export type RequestFailure = Extract<
  ExchangeFailure,
  { kind: 'unsupported' | 'unavailable' | 'refused' | 'bad-answer' }
>
