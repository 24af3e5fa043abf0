import { connect } from 'node:net'

/** What came back, or that nothing did. */
export interface Answer {
  /** 0 where the connection ended without an answer. */
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** Nothing came for so long that nobody would wait on. */
  readonly hung: boolean
}

// No limit on speed: on a machine that is busy with other things an answer may take seconds.
const PATIENCE_MS = 60_000

/**
 * Sends bytes on a connection of their own, and reads to its end.
 * @param hangUp ends the sending side after the last byte, as who is cut off does
 */
export function exchangeBytes(origin: string, bytes: Buffer, hangUp = false): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect({ port: Number(port), host: hostname, noDelay: true })
    const end = (hung = false): void => {
      socket.destroy()
      resolve(readAnswer(Buffer.concat(chunks).toString('latin1'), hung))
    }
    socket.setTimeout(PATIENCE_MS, () => end(true))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      // A stream has no end to wait for.
      if (chunks.length === 1 && /^content-type: text\/event-stream/im.test(chunk.toString('latin1'))) end()
    })
    socket.on('error', () => end())
    socket.on('end', () => end())
    socket.on('close', () => end())
    if (hangUp) socket.end(bytes)
    else socket.write(bytes)
  })
}

function readAnswer(text: string, hung: boolean): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(`${statusLine} `)?.[1] ?? 0)
  // An interim answer, and then the real one.
  if (status >= 100 && status < 200) return readAnswer(rest.join('\r\n\r\n'), hung)
  const headers = new Map(
    lines.map((line): [string, string] => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  const body = rest.join('\r\n\r\n')
  const whole = headers.get('transfer-encoding') === 'chunked' ? unchunked(body) : body
  return { status, headers, body: Buffer.from(whole, 'latin1').toString('utf8'), hung }
}

function unchunked(body: string): string {
  let [rest, whole] = [body, '']
  for (;;) {
    const at = rest.indexOf('\r\n')
    const length = Number.parseInt(rest.slice(0, at), 16)
    if (at === -1 || !(length > 0)) return whole
    whole += rest.slice(at + 2, at + 2 + length)
    rest = rest.slice(at + 2 + length + 2)
  }
}
