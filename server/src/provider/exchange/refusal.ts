/** Why there is no token for this token. The reason is for the operator's log and the audit, the wire hears less. */
export type ExchangeRefusal =
  | { readonly kind: 'client-may-not-exchange' }
  | { readonly kind: 'proof-missing' }
  | { readonly kind: 'parameter-missing' | 'parameter-not-supported'; readonly parameter: string }
  | { readonly kind: 'token-type-not-supported'; readonly parameter: string }
  | { readonly kind: 'subject-token-not-ours' }
  | { readonly kind: 'subject-token-ended' }
  | { readonly kind: 'subject-token-bound-to-key' }
  | { readonly kind: 'subject-token-unreadable'; readonly claim: string }
  | { readonly kind: 'subject-not-for-this-client'; readonly audience: string }
  | { readonly kind: 'actor-not-allowed-by-subject' }
  | { readonly kind: 'chain-too-long'; readonly actors: number }
  | { readonly kind: 'target-missing' }
  | { readonly kind: 'target-several' }
  | { readonly kind: 'target-unknown' }
  | { readonly kind: 'target-not-open'; readonly target: string }
  | { readonly kind: 'target-leads-back'; readonly target: string }
  | { readonly kind: 'scope-nothing-left'; readonly asked: readonly string[] }

/** What the wire says: an OAuth error and a sentence that names nothing of ours. */
export interface ExchangeError {
  readonly error: 'invalid_request' | 'invalid_target' | 'invalid_scope' | 'unauthorized_client' | 'invalid_dpop_proof'
  readonly description: string
}

const SUBJECT: ExchangeError = {
  error: 'invalid_request',
  description: 'The subject_token cannot be exchanged by this client.',
}
const TARGET: ExchangeError = {
  error: 'invalid_target',
  description: 'The subject_token cannot be exchanged for the requested resource.',
}

/** @see RFC 8693 §2.2.2, RFC 6749 §5.2 */
export function wireError(refusal: ExchangeRefusal): ExchangeError {
  switch (refusal.kind) {
    case 'client-may-not-exchange':
      return { error: 'unauthorized_client', description: 'The client may not exchange tokens.' }
    case 'proof-missing':
      return { error: 'invalid_dpop_proof', description: 'This client gets tokens only with a DPoP proof.' }
    case 'parameter-missing':
      return { error: 'invalid_request', description: `${refusal.parameter} is missing` }
    case 'parameter-not-supported':
      return { error: 'invalid_request', description: `${refusal.parameter} is not supported` }
    case 'token-type-not-supported':
      return { error: 'invalid_request', description: `${refusal.parameter} must be that of an access token` }
    case 'subject-token-not-ours':
    case 'subject-token-ended':
    case 'subject-token-unreadable':
    case 'subject-not-for-this-client':
    case 'actor-not-allowed-by-subject':
    case 'chain-too-long':
      return SUBJECT
    case 'subject-token-bound-to-key':
      return { error: 'invalid_request', description: 'The subject_token is bound to a key: send a DPoP proof.' }
    case 'target-missing':
      return { error: 'invalid_target', description: 'resource is missing' }
    case 'target-several':
      return { error: 'invalid_target', description: 'only one resource can be asked for' }
    case 'target-unknown':
    case 'target-not-open':
    case 'target-leads-back':
      return TARGET
    case 'scope-nothing-left':
      return {
        error: 'invalid_scope',
        description: 'none of the requested scopes is in the subject_token and offered by the resource',
      }
  }
}

/** The exact reason on one line, for the operator. */
export function explainRefusal({ kind, ...rest }: ExchangeRefusal): string {
  const details = Object.entries(rest).map(([name, value]) => `${name}=${[value].flat().join(' ')}`)
  return [kind, ...details].join(' ')
}
