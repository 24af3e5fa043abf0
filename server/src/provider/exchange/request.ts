import type { ExchangeRefusal } from './refusal.ts'

export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'

/** Parameters of the request beside those that prove the client. @see RFC 8693 §2.1 */
export const EXCHANGE_PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'resource',
  'audience',
  'scope',
  'actor_token',
  'actor_token_type',
] as const

/** Those that may be sent more than once: naming two targets is a question about targets, not a malformed request. */
export const REPEATABLE_PARAMETERS = ['resource', 'audience'] as const

export interface ExchangeRequest {
  readonly subjectToken: string
  /** Every target that was named, by `resource` or by `audience`, as it was written. */
  readonly targets: readonly string[]
  /** Scopes asked for by name, or undefined for all that can be had. */
  readonly scopes: readonly string[] | undefined
}

export type ParsedRequest =
  | { readonly ok: true; readonly request: ExchangeRequest }
  | { readonly ok: false; readonly refusal: ExchangeRefusal }

/**
 * Reads the parameters of a token exchange.
 *
 * Nothing has a default that would change who the token is about: without a subject token there is no exchange, whoever
 * asks. An actor is the client that proved itself, so that nobody can name another one.
 * @see RFC 8693 §2.1
 */
export function parseExchangeRequest(params: Readonly<Record<string, unknown>>): ParsedRequest {
  const subjectToken = text(params.subject_token)
  if (subjectToken === undefined) return refuse({ kind: 'parameter-missing', parameter: 'subject_token' })
  const type = text(params.subject_token_type)
  if (type === undefined) return refuse({ kind: 'parameter-missing', parameter: 'subject_token_type' })
  for (const parameter of ['actor_token', 'actor_token_type']) {
    if (params[parameter] !== undefined) return refuse({ kind: 'parameter-not-supported', parameter })
  }
  for (const parameter of ['subject_token_type', 'requested_token_type']) {
    const value = params[parameter]
    if (value !== undefined && value !== ACCESS_TOKEN_TYPE)
      return refuse({ kind: 'token-type-not-supported', parameter })
  }
  const scope = text(params.scope)
  const targets = [...list(params.resource), ...list(params.audience)]
  const scopes = scope?.split(' ').filter((each) => each !== '')
  return { ok: true, request: { subjectToken, targets, scopes } }
}

function refuse(refusal: ExchangeRefusal): ParsedRequest {
  return { ok: false, refusal }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function list(value: unknown): readonly string[] {
  return [value].flat().filter((each): each is string => typeof each === 'string')
}
