import type { Header, WireAnswer, WireRequest } from '../wire/message.ts'
import { Unanswered, type Wire } from '../wire/wire.ts'

/** What came of one request, and when; a diagnosis is made of nothing else. */
export type Reply = Answered | Silent

export interface Answered {
  readonly kind: 'answered'
  readonly answer: WireAnswer
  /** By our clock, in seconds. */
  readonly receivedAt: number
}

export interface Silent {
  readonly kind: 'silent'
  readonly error: string
  /** Code of the error of node, undici or OpenSSL, where there is one. */
  readonly code: string | undefined
  /** The head of an answer whose body did not come. */
  readonly begun: { readonly status: number; readonly headers: readonly Header[] } | undefined
}

/**
 * Sends one request; silence is a reply, too.
 * @param options where the usual time is too long to wait
 */
export async function ask(
  wire: Wire,
  request: WireRequest,
  options: { readonly timeoutMs?: number } = {},
): Promise<Reply> {
  try {
    const answer = await wire.send(request, options)
    return { kind: 'answered', answer, receivedAt: Date.now() / 1_000 }
  } catch (error) {
    if (error instanceof Unanswered) return silenceOf(error)
    throw error
  }
}

export function silenceOf({ exchange: { error = 'no answer', code, begun } }: Unanswered): Silent {
  return { kind: 'silent', error, code, begun }
}

export function askForDocument(wire: Wire, url: string): Promise<Reply> {
  return ask(wire, { method: 'GET', url, headers: [['accept', 'application/json']] })
}
