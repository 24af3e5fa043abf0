import { STATUS_CODES } from 'node:http'
import { newCorrelationId } from '../correlation-id.ts'
import type { BrokenRequestListener } from '../draining-server.ts'
import { CODES, refusalMembers } from '../endpoints.ts'
import { createRefusalNotice } from './busy.ts'

type Report = Parameters<typeof createRefusalNotice>[0]

/** What ended before it was a request, by what Node calls it. Anything else cannot be read at all. */
const BROKEN: Readonly<Record<string, { readonly status: 408 | 413 | 431; readonly sentence: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, sentence: 'The request did not come to its end in time.' },
  HPE_HEADER_OVERFLOW: { status: 431, sentence: 'The headers are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, sentence: 'The body is too large.' },
}
const UNREADABLE = { status: 400, sentence: 'The request cannot be read.' } as const

/**
 * Answers what never becomes a request, in the shape of every other refusal, and closes the connection: headers that are
 * too large, senders that are too slow, bytes that are no HTTP.
 * @param options.now milliseconds on a clock that never goes back
 */
export function answerBrokenRequests(options: { report: Report; now: () => number }): BrokenRequestListener {
  const notice = createRefusalNotice(options.report, options.now)
  return (error, socket, hasBegunToAnswer) => {
    // Bytes behind the beginning of another answer would be read as a part of it.
    if (!socket.writable || hasBegunToAnswer || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const { status, sentence } = BROKEN[error.code ?? ''] ?? UNREADABLE
    const correlationId = newCorrelationId()
    const peer = 'remoteAddress' in socket ? socket.remoteAddress : undefined
    notice('warn', 'a request was refused before it was one', {
      code: CODES[status],
      status,
      reason: error.code,
      peer,
      correlationId,
    })
    // Destroyed when it is out: whoever never closes would keep half of the connection.
    socket.end(answerOf(status, sentence, correlationId), () => socket.destroy())
  }
}

function answerOf(status: keyof typeof CODES, sentence: string, correlationId: string): string {
  const refusal = { error: 'invalid_request', description: sentence, code: CODES[status], correlationId }
  const body = JSON.stringify(refusalMembers(refusal))
  const headers = [
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Correlation-Id: ${correlationId}`,
    'Connection: close',
  ]
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('\r\n')}\r\n\r\n${body}`
}
