import { connect } from 'node:net'

/** What came back on a socket. */
export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/**
 * Sends a request byte for byte, as no HTTP client would: any request line, any Host.
 * @param origin whom to connect to; what the request says about the host is the caller's
 */
export function rawRequest(
  origin: string,
  requestLine: string,
  headers: readonly string[],
  body = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${[requestLine, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`)
    })
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('end', () => resolve(parse(Buffer.concat(chunks).toString('utf8'))))
  })
}

/** Sends the beginning of a request with a body, and goes away. */
export function breakOff(origin: string, requestLine: string, headers: readonly string[]): Promise<void> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${[requestLine, ...headers].join('\r\n')}\r\n\r\n{`, () => socket.destroy())
    })
    socket.on('close', () => resolve())
  })
}

function parse(answer: string): RawAnswer {
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  return { status: Number(statusLine.split(' ')[1]), headers: new Map(headers), body: rest.join('\r\n\r\n') }
}
