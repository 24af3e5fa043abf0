import { decodeJwt } from 'jose'
import type { FormAnswer } from '../issuer/post-form.ts'
import type { DownstreamToken } from './downstream-token.ts'
import type { RequestFailure } from './exchange-failure.ts'
import type { ExchangeTarget } from './exchange-target.ts'

export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'

// RFC 6749 §5.2 allows more, but every registered code looks like this. Anything else might be what we sent, echoed.
const OAUTH_ERROR = /^[a-z_]{1,64}$/

// RFC 6750 §2.1: what fits behind "Bearer ".
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/** Errors by which an issuer says that it is itself in trouble. */
const TRANSIENT_ERRORS: readonly string[] = ['server_error', 'temporarily_unavailable']

/** What an answer is judged against. */
export interface ExchangeExpectation {
  readonly target: ExchangeTarget
  readonly subjectToken: string
  /** When the subject token expires, in seconds since the epoch. */
  readonly subjectExpiresAt: number
  /** When the request was sent, in seconds since the epoch: `expires_in` counts from no later than that. */
  readonly sentAt: number
}

export type JudgedAnswer =
  | { readonly ok: true; readonly token: DownstreamToken; readonly lifetimeEndsAt: number }
  | { readonly ok: false; readonly failure: RequestFailure }

/**
 * Judges what the token endpoint answered.
 *
 * @param answer the answer, or that there was none
 * @param expected what was asked for
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-2.2 RFC 8693 §2.2}
 */
export function judgeAnswer(answer: FormAnswer, expected: ExchangeExpectation): JudgedAnswer {
  if (!answer.ok) return fail({ kind: 'unavailable', detail: answer.detail })
  const { status } = answer
  if (status >= 500 || status === 429) return fail({ kind: 'unavailable', detail: `answered ${status}` })
  const { body } = answer
  if (body === undefined) return badAnswer(`status ${status} without a JSON object`)
  if (status === 200) return judgeTokens(body, expected)
  const { error } = body
  if (typeof error !== 'string' || !OAUTH_ERROR.test(error)) return badAnswer(`status ${status} without an OAuth error`)
  if (TRANSIENT_ERRORS.includes(error)) return fail({ kind: 'unavailable', detail: `answered ${error}` })
  return fail({ kind: 'refused', oauthError: error, detail: `answered ${error} for ${expected.target.resource}` })
}

function judgeTokens(body: Readonly<Record<string, unknown>>, expected: ExchangeExpectation): JudgedAnswer {
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn } = body
  if (body.issued_token_type !== ACCESS_TOKEN_TYPE) return badAnswer('issued_token_type is not that of an access token')
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
    return badAnswer('token_type is not Bearer')
  if (typeof accessToken !== 'string' || !BEARER_TOKEN.test(accessToken)) return badAnswer('access_token is no token')
  // The inbound token must not travel on, not even if the issuer hands it back.
  if (accessToken === expected.subjectToken) return badAnswer('access_token is the token that was to be exchanged')
  if (!isForTarget(accessToken, expected.target.resource)) return badAnswer('access_token has another audience')
  if (typeof expiresIn !== 'number' || !(expiresIn > 0)) return badAnswer('expires_in is no number of seconds')
  const scopes = judgeScopes(body.scope, expected.target.scopes)
  if (scopes === undefined) return badAnswer('scope has what was not asked for')
  const lifetimeEndsAt = expected.sentAt + expiresIn
  const token = Object.freeze({
    accessToken,
    scopes: Object.freeze(scopes),
    resource: expected.target.resource,
    expiresAt: Math.min(lifetimeEndsAt, expected.subjectExpiresAt),
  })
  return { ok: true, token, lifetimeEndsAt }
}

// An issuer that overlooks `resource` makes a token for somebody else, perhaps for us: whoever is called downstream could
// use it there in the person's name. A token that is no JWT keeps that to itself.
function isForTarget(accessToken: string, resource: string): boolean {
  const { aud } = readPayload(accessToken)
  const audiences = [aud].flat()
  return aud === undefined || (audiences.length === 1 && audiences[0] === resource)
}

function readPayload(token: string): { readonly aud?: unknown } {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}

// RFC 8693 §2.2.1: an answer without scope means the scope that was asked for.
function judgeScopes(scope: unknown, asked: readonly string[] | undefined): string[] | undefined {
  if (scope === undefined) return [...(asked ?? [])]
  if (typeof scope !== 'string') return undefined
  const issued = scope.split(' ').filter((one) => one !== '')
  return asked === undefined || issued.every((one) => asked.includes(one)) ? issued : undefined
}

function badAnswer(detail: string): JudgedAnswer {
  return fail({ kind: 'bad-answer', detail })
}

function fail(failure: RequestFailure): JudgedAnswer {
  return { ok: false, failure }
}
