import { Agent } from 'undici'
import { exchange, failureOf, type Held, holdStream } from './exchange.ts'
import { createMemory, type Once } from './memory.ts'
import type { Exchange, WireAnswer, WireRequest } from './message.ts'
import { BURST_OF_TWO, type Pace } from './pace.ts'
import { trusting } from './roots.ts'

/** The subject did not answer: connection, TLS or time. Whoever runs the check makes `incomplete` of it. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  readonly exchange: Exchange
  constructor(exchange: Exchange) {
    super(`${exchange.request.method} ${exchange.request.url}: ${exchange.error ?? 'no answer'}`)
    this.exchange = exchange
  }
}

/** The way to the subject. Each check has one of its own, so that what was sent and came back is its evidence. */
export interface Wire {
  /**
   * Sends a request as it stands, without following redirects.
   * @throws Unanswered when nothing came back in time
   */
  send(request: WireRequest, options?: { readonly timeoutMs?: number }): Promise<WireAnswer>
  /**
   * Asks, unless an earlier check of the run did; either way what was exchanged is evidence of this one.
   * @param question the same text for the same question
   */
  once<Answer>(question: string, ask: () => Promise<Answer>, options: Once<Answer>): Promise<Answer>
  /**
   * Sends requests so that all are on their way at the same time, for races: two, or up to `BURST_UNDER_STRESS` on the wire
   * of a check that needs the permission `stress`.
   * @returns their answers in the same order
   * @throws Unanswered when any had no answer, after all have ended
   */
  sendTogether(requests: readonly WireRequest[]): Promise<readonly WireAnswer[]>
  /**
   * Sends a request and holds an event stream open that answers it, until the other side ends it or the time is over.
   * @throws Unanswered when nothing came back in time
   */
  hold(request: WireRequest, options: { readonly forMs: number }): Promise<Held>
  readonly exchanges: readonly Exchange[]
}

export interface WireOptions {
  readonly pace: Pace
  readonly timeoutMs: number
  readonly userAgent: string
  /** PEM of roots besides the usual ones, for targets behind a private authority. */
  readonly ca?: readonly string[]
}

export interface Wires {
  /** @param burstMost how many requests `sendTogether` takes; two unless said otherwise */
  open(burstMost?: number): Wire
  close(): Promise<void>
}

/** Makes wires that share connections, pace, limits, and what was asked once for all of them. */
export function createWires(options: WireOptions): Wires {
  const agent = new Agent({ connect: trusting(options.ca), allowH2: false })
  const memory = createMemory()
  const open = (burstMost: number = BURST_OF_TWO): Wire => {
    const exchanges: Exchange[] = []
    const show = (earlier: readonly Exchange[]): number => exchanges.push(...earlier)
    async function record<Came extends { readonly answer: WireAnswer }>(
      request: WireRequest,
      ask: (signed: WireRequest) => Promise<Came>,
    ): Promise<Came> {
      const signed = withUserAgent(request, options.userAgent)
      try {
        const came = await ask(signed)
        exchanges.push({ request: signed, answer: came.answer })
        return came
      } catch (error) {
        const failed: Exchange = { request: signed, answer: undefined, ...failureOf(error) }
        exchanges.push(failed)
        throw new Unanswered(failed)
      }
    }
    const sendNow = async (request: WireRequest, timeoutMs: number): Promise<WireAnswer> =>
      (await record(request, (signed) => exchange(signed, agent, timeoutMs))).answer
    return {
      exchanges,
      once: (question, ask, options) => memory.once({ exchanges, show }, question, ask, options),
      async send(request, { timeoutMs = options.timeoutMs } = {}) {
        await options.pace.take()
        return sendNow(request, timeoutMs)
      },
      async hold(request, { forMs }) {
        await options.pace.take()
        return record(request, (signed) => holdStream(signed, agent, { ...options, forMs }))
      },
      async sendTogether(requests) {
        if (requests.length > burstMost) throw new RangeError(`${requests.length} at once, ${burstMost} are allowed`)
        await options.pace.take(requests.length)
        const sent = await Promise.allSettled(requests.map((request) => sendNow(request, options.timeoutMs)))
        return sent.map((one) => {
          if (one.status === 'rejected') throw one.reason
          return one.value
        })
      },
    }
  }
  return { open, close: () => agent.destroy() }
}

function withUserAgent(request: WireRequest, userAgent: string): WireRequest {
  const named = request.headers.some(([name]) => name.toLowerCase() === 'user-agent')
  return named ? request : { ...request, headers: [...request.headers, ['user-agent', userAgent]] }
}
