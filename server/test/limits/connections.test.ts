import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Serving, startServing } from '../survival/serving.ts'

/** What a connection has come to: everything that was answered, when it has been closed. */
interface Conversation {
  readonly socket: Socket
  readonly closed: Promise<string>
}

/** Longer than any limit that is tried here, on a machine that is busy; what takes as long was not cut off. */
const PATIENCE_MS = 120_000
const BODY_LIMIT = 56 * 1_024
const IDLE = 300

let base: TestServer
let serving: Serving
let log = ''
beforeAll(async () => {
  base = await startTestServer()
  serving = await startServing(base)
  serving.child.stderr.on('data', (chunk: Buffer) => {
    log += String(chunk)
  })
}, PATIENCE_MS)
afterAll(async () => {
  await serving?.stop('SIGKILL')
  await base?.close()
})

function talk(): Conversation {
  const { hostname, port } = new URL(serving.server.origin)
  const socket = connect(Number(port), hostname)
  let answered = ''
  socket.on('data', (chunk) => {
    answered += String(chunk)
  })
  const closed = new Promise<string>((resolve) => {
    socket.on('error', () => undefined).on('close', () => resolve(answered))
  })
  return { socket, closed }
}

/** Sends a byte now and then for as long as somebody listens. */
function drip({ socket, closed }: Conversation, head: string, byte: string): Promise<string> {
  socket.write(head)
  const timer = setInterval(() => socket.write(byte), 300)
  return closed.finally(() => clearInterval(timer))
}

function partsOf(answer: string): { headers: string; body: unknown } {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { headers: head, body: body === '' ? undefined : JSON.parse(body) }
}

/** A refusal that came before there was a request, complete. */
function expectRefusal(answer: string, status: number, code: string): void {
  const { headers, body } = partsOf(answer)
  expect({ status: statusOf(answer), body }).toEqual({
    status,
    body: {
      error: 'invalid_request',
      error_description: expect.stringMatching(/^The /),
      error_code: code,
      correlation_id: expect.stringMatching(/^req_/),
    },
  })
  expect(headers).toMatch(/^Connection: close$/im)
  expect(headers).toMatch(/^Cache-Control: no-store$/im)
}

const HEAD = 'Host: auth.example.com\r\n'

describe('a process in service', () => {
  it('cuts off who sends headers or a body byte by byte, or nothing at all, and answers others meanwhile (A42)', {
    timeout: PATIENCE_MS,
  }, async () => {
    const headers = drip(talk(), `GET /authorize HTTP/1.1\r\n${HEAD}X-A: `, 'a')
    const body = drip(
      talk(),
      `POST /token HTTP/1.1\r\n${HEAD}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n`,
      'a',
    )
    const silent = Array.from({ length: IDLE }, talk)
    const answer = await fetch(`${serving.server.origin}/.well-known/jwks.json`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('keep-alive')).toMatch(/^timeout=65\b/)
    expectRefusal(await headers, 408, 'SALLYPORT_E_SLOW')
    expectRefusal(await body, 408, 'SALLYPORT_E_SLOW')
    await Promise.all(silent.map(({ closed }) => closed))
    await expect.poll(() => log).toContain('SALLYPORT_E_SLOW')
  })

  it.each([
    { what: 'one header', lines: `X-A: ${'a'.repeat(20_000)}\r\n` },
    { what: 'many headers', lines: `X-A: ${'a'.repeat(90)}\r\n`.repeat(200) },
    { what: 'cookies', lines: `Cookie: ${'a=b; '.repeat(4_000)}\r\n` },
  ])(
    'answers 431 to headers past 16 KiB, whatever they are made of, and closes: $what (A34, A42)',
    async ({ lines }) => {
      const { socket, closed } = talk()
      socket.write(`GET /authorize HTTP/1.1\r\n${HEAD}${lines}\r\n`)
      expectRefusal(await closed, 431, 'SALLYPORT_E_TOO_LARGE')
    },
  )

  it('answers 431 to a request line of a megabyte (A22)', async () => {
    const { socket, closed } = talk()
    socket.write(`GET /authorize?state=${'a'.repeat(1_048_576)} HTTP/1.1\r\n${HEAD}\r\n`)
    // Whoever still sends when the other side closes may be cut off before the answer is read.
    const answer = await closed
    if (answer !== '') expectRefusal(answer, 431, 'SALLYPORT_E_TOO_LARGE')
  })

  it.each(['/token', '/par', '/register', '/revoke', '/introspect', '/account/sign-in'])(
    'answers 413 to a body past 56 KiB at %s, announced or not, and reads no more of it',
    async (path) => {
      for (const body of [`Content-Length: ${BODY_LIMIT + 1}\r\n\r\n`, chunked(BODY_LIMIT + 1)]) {
        const { socket, closed } = talk()
        const type = path === '/register' ? 'application/json' : 'application/x-www-form-urlencoded'
        socket.write(`POST ${path} HTTP/1.1\r\n${HEAD}Content-Type: ${type}\r\n${body}`)
        const answer = await closed
        expect({ body: body.slice(0, 20), status: statusOf(answer) }).toEqual({
          body: body.slice(0, 20),
          status: 413,
        })
        expect(answer).toContain('SALLYPORT_E_TOO_LARGE')
      }
    },
  )

  it('answers 400 to what is no HTTP, and closes (A42)', async () => {
    const { socket, closed } = talk()
    socket.write('\x16\x03\x01 hello\r\n\r\n')
    expectRefusal(await closed, 400, 'SALLYPORT_E_REQUEST')
  })

  it('is there afterwards', async () => {
    expect(await serving.ready()).toBe(200)
    expect(serving.child.exitCode).toBeNull()
  })
})

function chunked(bytes: number): string {
  const chunk = 'a'.repeat(8_192)
  const chunks = Array.from({ length: Math.ceil(bytes / chunk.length) }, () => `2000\r\n${chunk}\r\n`)
  return `Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}`
}

function statusOf(answer: string): number {
  return Number(answer.split(' ')[1])
}
