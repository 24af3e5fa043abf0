import { type Dispatcher, request as undiciRequest } from 'undici'
import type { Exchange, Header, WireAnswer, WireRequest } from './message.ts'
import { certificateFault } from './roots.ts'

/** Metadata and refusals are small; what is larger is cut and says so. */
export const MAX_BODY_BYTES = 256 * 1024

/** What came of holding a stream open. */
export interface Held {
  /** Its body is what came until the end. */
  readonly answer: WireAnswer
  /** Whether the other side ended it. */
  readonly ended: boolean
  readonly heldMs: number
  /** When the last message came, after the request. */
  readonly lastMessageMs: number | undefined
}

interface Started {
  readonly status: number
  readonly headers: readonly Header[]
  readonly body: Dispatcher.ResponseData['body']
  readonly isStream: boolean
}

/** Sends a request and reads the answer; of an event stream the first message alone. */
export async function exchange(
  request: WireRequest,
  dispatcher: Dispatcher,
  timeoutMs: number,
): Promise<{ readonly answer: WireAnswer }> {
  const { status, headers, body, isStream } = await start(request, dispatcher, AbortSignal.timeout(timeoutMs))
  const head = { status, headers }
  try {
    return { answer: { ...head, ...(await read(body, isStream)) } }
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

/** Sends a request and reads an event stream for as long as it is held; any other answer to its end. */
export async function holdStream(
  request: WireRequest,
  dispatcher: Dispatcher,
  { forMs, timeoutMs }: { readonly forMs: number; readonly timeoutMs: number },
): Promise<Held> {
  const startedAt = performance.now()
  const { status, headers, body, isStream } = await start(request, dispatcher, AbortSignal.timeout(forMs + timeoutMs))
  if (!isStream) {
    const answer = { status, headers, ...(await read(body, false)) }
    return { answer, ended: true, heldMs: performance.now() - startedAt, lastMessageMs: undefined }
  }
  let text = ''
  let lastMessageMs: number | undefined
  let ended = true
  const timer = setTimeout(
    () => {
      ended = false
      body.destroy()
    },
    Math.max(0, forMs - (performance.now() - startedAt)),
  )
  try {
    for await (const chunk of body) {
      const part = (chunk as Buffer).toString('utf8')
      if (/^data:/m.test(part)) lastMessageMs = performance.now() - startedAt
      text = (text + part).slice(0, MAX_BODY_BYTES)
    }
  } catch {
    // Cut off by us, or by the other side without a proper end: it is over either way.
  }
  clearTimeout(timer)
  const answer = { status, headers, body: text, truncated: text.length === MAX_BODY_BYTES }
  return { answer, ended, heldMs: performance.now() - startedAt, lastMessageMs }
}

export function failureOf(error: unknown): Pick<Exchange, 'error' | 'code' | 'begun'> {
  if (error instanceof BrokenOff) return { ...failureOf(error.cause), begun: error.head }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return { error: reasonOf(error), ...(typeof code === 'string' ? { code } : {}) }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'TimeoutError' ? 'no answer in time' : (certificateFault(error) ?? error.message)
}

async function start(
  { url, method, headers, body }: WireRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Started> {
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
  return { status: response.statusCode, headers: received, body: response.body, isStream }
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
