import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Issued } from './issued.ts'
import { learnFromAnswer } from './learn-from-answer.ts'
import { learnFromRequest } from './learn-from-request.ts'
import { findSecret, withoutTypedLogin } from './patterns.ts'

// Larger ones hold pages and metadata, and nothing that was issued.
const BODY_BYTES_MAX = 128 * 1024

/**
 * Stands between a server and whoever asks it: learns what is issued there, and reads each refusal for what it gives away.
 * @param tell told of each place where something is that must not be
 */
export function watchServer(handle: RequestListener, issued: Issued, tell: (leak: string) => void): RequestListener {
  return (req, res) => {
    // The server changes it.
    const path = (req.url ?? '').split('?', 1).join()
    const sent = captureBody(req)
    const answered = captureAnswer(res)
    res.once('close', () => {
      const { statusCode: status } = res
      const header = (name: string): string => String(res.getHeader(name) ?? '')
      const body = answered()
      const location = header('location')
      if (status >= 400 || /[?&#]error=/.test(location)) {
        const what = findSecret(`${location} ${withoutTypedLogin(body)}`, issued)
        if (what !== undefined) tell(`the answer ${status} to ${req.method} ${path} holds ${what}`)
      }
      if (status >= 400) return
      const setCookies = [res.getHeader('set-cookie') ?? []].flat().map(String)
      learnFromAnswer(issued, { setCookies, location, contentType: header('content-type'), body })
      learnFromRequest(issued, { path, headers: req.headers, form: sent() })
    })
    handle(req, res)
  }
}

/** Listens in on what arrives without reading it: a stream that is read here is not there for the server. */
function captureBody(req: IncomingMessage): () => string {
  const chunks: Buffer[] = []
  const push = req.push.bind(req)
  req.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) keep(chunks, Buffer.from(chunk))
    return push(chunk, encoding)
  }
  return () => Buffer.concat(chunks).toString('latin1')
}

function captureAnswer(res: ServerResponse): () => string {
  const chunks: Buffer[] = []
  const keepChunk = (chunk: unknown): void => {
    if (typeof chunk === 'string') keep(chunks, Buffer.from(chunk))
    else if (chunk instanceof Uint8Array) keep(chunks, Buffer.from(chunk))
  }
  for (const name of ['write', 'end'] as const) {
    const send = res[name]
    Object.assign(res, {
      [name]: (...args: unknown[]) => {
        keepChunk(args[0])
        return Reflect.apply(send, res, args)
      },
    })
  }
  return () => Buffer.concat(chunks).toString('utf8')
}

function keep(chunks: Buffer[], chunk: Buffer): void {
  const kept = chunks.reduce((total, { length }) => total + length, 0)
  if (kept + chunk.length <= BODY_BYTES_MAX) chunks.push(chunk)
}
