import { isRecord } from '../mcp/json-rpc.ts'
import { jsonOf, type WireAnswer } from '../wire/message.ts'

/** An error in the form that OAuth gives it (RFC 6749 §5.2), whatever the status. */
export interface OAuthError {
  readonly kind: 'error'
  readonly error: string
  readonly description: string | undefined
  readonly answer: WireAnswer
}

/** Nothing that a client of OAuth understands. */
export interface OtherAnswer {
  readonly kind: 'other'
  readonly answer: WireAnswer
}

/** The JSON object of an answer that says yes: 200, and 201 for a registration. */
export function objectOf(answer: WireAnswer): Readonly<Record<string, unknown>> | undefined {
  const value = answer.status === 200 || answer.status === 201 ? jsonOf(answer) : undefined
  return isRecord(value) ? value : undefined
}

/** What an answer is that did not say yes. */
export function readRefusal(answer: WireAnswer): OAuthError | OtherAnswer {
  const value = jsonOf(answer)
  if (!isRecord(value) || typeof value.error !== 'string' || answer.status < 400) return { kind: 'other', answer }
  const { error, error_description: description } = value
  return { kind: 'error', error, description: typeof description === 'string' ? description : undefined, answer }
}

/** An answer as a report and a person read it. */
export function refusalInWords(refusal: OAuthError | OtherAnswer): string {
  if (refusal.kind === 'other') return `${refusal.answer.status} without an error that OAuth knows`
  const { error, description, answer } = refusal
  return `${answer.status} ${error}${description === undefined ? '' : ` (${description})`}`
}
