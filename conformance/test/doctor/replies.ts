import type { Answered, Silent } from '../../src/doctor/reply.ts'
import type { WireAnswer } from '../../src/wire/message.ts'

type Headers = Readonly<Record<string, string>>

/** An answer that nobody sent. */
export function answerOf(status: number, body: unknown = '', headers: Headers = {}): WireAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  return { status, headers: Object.entries({ 'content-type': type, ...headers }), body: text, truncated: false }
}

export function replyOf(status: number, body?: unknown, headers?: Headers, receivedAt = 0): Answered {
  return { kind: 'answered', answer: answerOf(status, body, headers), receivedAt }
}

export function silenceOf(code: string | undefined, error = 'it broke'): Silent {
  return { kind: 'silent', code, error, begun: undefined }
}
