import { Agent, request as undiciRequest } from 'undici'
import { createMemory, type Once } from './memory.ts'
import type { Exchange, Header, WireAnswer, WireRequest } from './message.ts'
import { BURST_OF_TWO, type Pace } from './pace.ts'
import { certificateFault, trusting } from './roots.ts'

/** Metadata and refusals are small; what is larger is cut and says so. */
export const MAX_BODY_BYTES = 256 * 1024

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
    const sendNow = async (request: WireRequest, timeoutMs: number): Promise<WireAnswer> => {
      const signed = withUserAgent(request, options.userAgent)
      try {
        const answer = await exchange(signed, agent, timeoutMs)
        exchanges.push({ request: signed, answer })
        return answer
      } catch (error) {
        const failed: Exchange = { request: signed, answer: undefined, ...failureOf(error) }
        exchanges.push(failed)
        throw new Unanswered(failed)
      }
    }
    return {
      exchanges,
      once: (question, ask, options) => memory.once({ exchanges, show }, question, ask, options),
      async send(request, { timeoutMs = options.timeoutMs } = {}) {
        await options.pace.take()
        return sendNow(request, timeoutMs)
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

async function exchange(request: WireRequest, dispatcher: Agent, timeoutMs: number): Promise<WireAnswer> {
  const { url, method, headers, body } = request
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await undiciRequest(url, {
    method: method as 'GET',
    // As pairs in a row, which is how the same header can be sent twice.
    headers: headers.flat(),
    body: body ?? null,
    dispatcher,
    signal,
    responseHeaders: 'raw',
  })
  const received = pairs(response.headers as unknown as readonly string[])
  const isStream = received.some(([name, value]) => name === 'content-type' && value.startsWith('text/event-stream'))
  const head = { status: response.statusCode, headers: received }
  try {
    return { ...head, ...(await read(response.body, isStream)) }
  } catch (error) {
    throw new BrokenOff(head, error)
  }
}

/** The head of an answer came, and its body did not. */
class BrokenOff extends Error {
  readonly head: NonNullable<Exchange['begun']>
  constructor(head: NonNullable<Exchange['begun']>, cause: unknown) {
    super('the body did not come', { cause })
    this.head = head
  }
}

function pairs(raw: readonly string[]): readonly Header[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ''] as const] : []))
}

/** Reads to the end or the cap; of an event stream to the first message, because it may never end. */
async function read(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  isStream: boolean,
): Promise<{ body: string; truncated: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    const text = isStream ? Buffer.concat(chunks).toString('utf8') : ''
    const left = isStream && /\r?\n\r?\n/.test(text) && /^data:/m.test(text)
    if (size <= MAX_BODY_BYTES && !left) continue
    body.destroy()
    return {
      body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8'),
      truncated: size > MAX_BODY_BYTES,
    }
  }
  return { body: Buffer.concat(chunks).toString('utf8'), truncated: false }
}

function failureOf(error: unknown): Pick<Exchange, 'error' | 'code' | 'begun'> {
  if (error instanceof BrokenOff) return { ...failureOf(error.cause), begun: error.head }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return { error: reasonOf(error), ...(typeof code === 'string' ? { code } : {}) }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'TimeoutError' ? 'no answer in time' : (certificateFault(error) ?? error.message)
}
