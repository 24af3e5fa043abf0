import { IncomingMessage } from 'node:http'

// A token request or a registration holds a few kilobytes. The engine's own limit is 56 KiB.
export const BODY_BYTES_MAX = 56 * 1024

/** A body larger than its limit. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
}

/**
 * Reads a whole body.
 * @throws BodyTooLargeError past `limit` bytes, before reading when the headers say so
 */
export async function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(req.headers['content-length']) > limit) throw new BodyTooLargeError(`body is larger than ${limit} bytes`)
  const chunks: Buffer[] = []
  let received = 0
  // The stream stays open past an error: destroying it would take the answer along.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk)
    received += bytes.length
    if (received > limit) throw new BodyTooLargeError(`body is larger than ${limit} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks, received)
}

/**
 * Reads a form that a page of ours posts. Other content types give an empty form, and so does one with a null character,
 * which no browser sends and the database cannot hold.
 */
export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  const type = req.headers['content-type'] ?? ''
  const body = await readBody(req, BODY_BYTES_MAX)
  const form = new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? body.toString('utf8') : '')
  return [...form.values()].some((value) => value.includes('\0')) ? new URLSearchParams() : form
}

/**
 * The same request with another body, to be read as if nobody had read it before. The engine reads bodies itself and
 * takes it ill when a parser was there first.
 */
export function withBody(req: IncomingMessage, body: Buffer): IncomingMessage {
  const again = new IncomingMessage(req.socket)
  again.method = req.method
  again.url = req.url
  again.httpVersion = req.httpVersion
  again.httpVersionMajor = req.httpVersionMajor
  again.httpVersionMinor = req.httpVersionMinor
  again.headers = { ...req.headers, 'content-length': String(body.length) }
  delete again.headers['transfer-encoding']
  Object.assign(again, { originalUrl: Reflect.get(req, 'originalUrl') })
  again.push(body)
  again.push(null)
  again.complete = true
  return again
}
