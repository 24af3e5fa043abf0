import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress, type Egress } from '../../src/egress/index.ts'
import {
  CLOSED_TO_ALL,
  type DocumentHost,
  PUBLIC_ADDRESS,
  startDocumentHost,
  TEST_ROOT,
} from '../setup/document-host.ts'

const URL_OF_DOCUMENT = 'https://client.example/app.json'
const LIMITS = { accept: 'application/json', maxBytes: 5_120, timeoutMs: 5_000 }
const STRANGER = { ...LIMITS, trust: 'stranger' } as const

let host: DocumentHost
let egress: Egress
beforeAll(async () => {
  host = await startDocumentHost()
  egress = host.egress()
})
afterAll(() => host.close())

/** The outcome without what differs from run to run. */
async function outcomeOf(url: string, options: Partial<typeof LIMITS> = {}) {
  const outcome = await egress.get(url, { ...STRANGER, ...options })
  if (outcome.kind === 'answer') return { kind: outcome.kind, status: outcome.status }
  return { kind: outcome.kind, reason: outcome.reason }
}

describe('an answer', () => {
  it('comes over TLS from the address that was judged, with its headers and its bytes', async () => {
    host.serve(URL_OF_DOCUMENT, { client_id: URL_OF_DOCUMENT }, { ETag: '"one"' })
    const outcome = await egress.get(URL_OF_DOCUMENT, STRANGER)
    expect(outcome).toMatchObject({ kind: 'answer', status: 200, address: PUBLIC_ADDRESS })
    if (outcome.kind !== 'answer') throw new Error(outcome.reason)
    expect(JSON.parse(outcome.body.toString())).toEqual({ client_id: URL_OF_DOCUMENT })
    expect([outcome.headers.get('etag'), outcome.headers.get('ETag'), outcome.headers.get('x-none')]).toEqual([
      '"one"',
      '"one"',
      undefined,
    ])
  })

  it('is asked for without cookie, credentials, referrer or compression, over a connection of its own', async () => {
    const seen: NodeJS.Dict<string | string[]>[] = []
    host.answer(URL_OF_DOCUMENT, (req, res) => {
      seen.push(req.headers)
      res.writeHead(200, { 'Set-Cookie': 'who=you' }).end()
    })
    const before = host.connections()
    for (const _ of [1, 2]) await egress.get(URL_OF_DOCUMENT, { ...STRANGER, headers: { 'If-None-Match': '"one"' } })
    const expected = {
      host: 'client.example',
      connection: 'close',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'sallyport',
      'if-none-match': '"one"',
    }
    expect(seen).toEqual([expected, expected])
    expect(host.connections() - before).toBe(2)
  })

  it.each(['Cookie', 'authorization', 'Host', 'Proxy-Authorization', 'Transfer-Encoding', 'Accept-Encoding'])(
    'cannot be asked for with the header %s',
    async (name) => {
      await expect(egress.get(URL_OF_DOCUMENT, { ...STRANGER, headers: { [name]: 'x' } })).rejects.toThrow(TypeError)
    },
  )

  it.each([301, 302, 303, 307, 308])('%i is handed out and not followed [AS-CIMD-05 A73]', async (status) => {
    const elsewhere = 'https://other.example/secret'
    host.serve(elsewhere, { secret: true })
    host.answer(URL_OF_DOCUMENT, (_req, res) => void res.writeHead(status, { Location: elsewhere }).end())
    const before = host.requests.length
    expect(await outcomeOf(URL_OF_DOCUMENT)).toEqual({ kind: 'answer', status })
    expect(host.requests.slice(before)).toEqual(['client.example/app.json'])
  })

  it('sends a refresh in HTML nowhere [A73]', async () => {
    const page = '<meta http-equiv="refresh" content="0;url=https://other.example/secret">'
    host.answer(URL_OF_DOCUMENT, (_req, res) => void res.writeHead(200, { Refresh: '0;url=/x' }).end(page))
    const before = host.requests.length
    expect(await outcomeOf(URL_OF_DOCUMENT)).toEqual({ kind: 'answer', status: 200 })
    expect(host.requests.slice(before)).toEqual(['client.example/app.json'])
  })
})

describe('what an answer may cost [AS-CIMD-08 A74]', () => {
  const tooLarge = { kind: 'failed', reason: 'the answer is larger than 5120 bytes' }

  it.each([
    { bytes: 5_120, expected: { kind: 'answer', status: 200 } },
    { bytes: 5_121, expected: tooLarge },
  ])('counts $bytes bytes exactly, announced or not', async ({ bytes, expected }) => {
    host.answer(URL_OF_DOCUMENT, (_req, res) => void res.writeHead(200).end('x'.repeat(bytes)))
    expect(await outcomeOf(URL_OF_DOCUMENT)).toEqual(expected)
    host.answer(URL_OF_DOCUMENT, (_req, res) => {
      res.write('x'.repeat(bytes - 1))
      res.end('x')
    })
    expect(await outcomeOf(URL_OF_DOCUMENT)).toEqual(expected)
  })

  it('does not wait for a body that says it is too large', async () => {
    host.answer(URL_OF_DOCUMENT, (_req, res) => void res.writeHead(200, { 'Content-Length': 52_428_800 }).write('x'))
    expect(await outcomeOf(URL_OF_DOCUMENT)).toEqual(tooLarge)
  })

  it('stops reading a body without an end', async () => {
    let sent = 0
    host.answer(URL_OF_DOCUMENT, (_req, res) => {
      const more = (): void => {
        while (!res.destroyed && res.write('x'.repeat(16_384))) sent += 16_384
      }
      res.on('drain', more)
      more()
    })
    expect(await outcomeOf(URL_OF_DOCUMENT)).toEqual(tooLarge)
    const after = sent
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(sent).toBe(after)
    expect(after).toBeLessThan(20_000_000)
  })

  it.each(['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip'])('unfolds nothing: %s is refused', async (encoding) => {
    const small = gzipSync('{}')
    host.answer(URL_OF_DOCUMENT, (_req, res) => void res.writeHead(200, { 'Content-Encoding': encoding }).end(small))
    expect(await outcomeOf(URL_OF_DOCUMENT)).toEqual({ kind: 'failed', reason: 'the answer is compressed' })
  })

  it('takes no memory from a bomb of 50 MB', async () => {
    host.answer(URL_OF_DOCUMENT, (_req, res) => {
      res.writeHead(200, { 'Content-Encoding': 'gzip' })
      const bomb = createGzip()
      bomb.pipe(res)
      bomb.end(Buffer.alloc(52_428_800))
    })
    const before = process.memoryUsage().external
    expect(await outcomeOf(URL_OF_DOCUMENT)).toMatchObject({ kind: 'failed' })
    // The bomb itself lies in this process; what came out of it does not.
    expect(process.memoryUsage().external - before).toBeLessThan(70_000_000)
  })

  it('ends at its time, however slowly the other side goes on', async () => {
    const timers: NodeJS.Timeout[] = []
    host.answer(URL_OF_DOCUMENT, (_req, res) => {
      res.writeHead(200)
      timers.push(setInterval(() => res.write('x'), 30))
    })
    const started = performance.now()
    const outcome = await outcomeOf(URL_OF_DOCUMENT, { timeoutMs: 500 })
    for (const timer of timers) clearInterval(timer)
    expect(outcome).toEqual({ kind: 'failed', reason: 'there was no complete answer within 500 ms' })
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  it('ends at its time when the other side says nothing at all, and when the name is never resolved', async () => {
    const failed = { kind: 'failed', reason: 'there was no complete answer within 300 ms' }
    host.answer(URL_OF_DOCUMENT, () => undefined)
    expect(await outcomeOf(URL_OF_DOCUMENT, { timeoutMs: 300 })).toEqual(failed)
    const deaf = createEgress({ resolve: () => new Promise(() => undefined), settings: CLOSED_TO_ALL })
    expect(await deaf.get(URL_OF_DOCUMENT, { ...STRANGER, timeoutMs: 300 })).toMatchObject(failed)
  })

  it('reads no more than 16 KiB of headers', async () => {
    host.answer(URL_OF_DOCUMENT, (_req, res) => void res.writeHead(200, { 'X-Bomb': 'x'.repeat(20_000) }).end())
    expect(await outcomeOf(URL_OF_DOCUMENT)).toMatchObject({
      kind: 'failed',
      reason: 'the headers of the answer are too large (UND_ERR_HEADERS_OVERFLOW)',
    })
  })

  it('ends with the way out itself', async () => {
    const closing = host.egress()
    host.answer(URL_OF_DOCUMENT, () => void closing.close())
    expect(await closing.get(URL_OF_DOCUMENT, STRANGER)).toMatchObject({ kind: 'failed' })
    expect(await closing.get(URL_OF_DOCUMENT, STRANGER)).toMatchObject({ kind: 'failed' })
  })
})

describe('the other side proves its name', () => {
  const as = (hostname: string) =>
    createEgress({
      resolve: async () => [{ address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port: host.port } }],
      ca: [TEST_ROOT],
      settings: CLOSED_TO_ALL,
    }).get(`https://${hostname}/app.json`, STRANGER)

  it('by a certificate for that name', async () => {
    expect(await as('nobody.example')).toMatchObject({
      kind: 'failed',
      reason: 'no trusted TLS (ERR_TLS_CERT_ALTNAME_INVALID)',
    })
  })

  it('and one of an authority that is known, to which settings add and from which they take nothing', async () => {
    const { resolve } = host
    host.serve(URL_OF_DOCUMENT, {})
    const usual = createEgress({ resolve, settings: CLOSED_TO_ALL })
    expect(await usual.get(URL_OF_DOCUMENT, STRANGER)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^no trusted TLS \(/),
    })
    const opened = createEgress({ resolve, settings: { ...CLOSED_TO_ALL, ca: [TEST_ROOT] } })
    expect(await opened.get(URL_OF_DOCUMENT, STRANGER)).toMatchObject({ kind: 'answer', status: 200 })
  })
})
