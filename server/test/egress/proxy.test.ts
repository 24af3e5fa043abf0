import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import type { EgressSettings } from '../../src/config/settings.ts'
import { createEgress } from '../../src/egress/index.ts'
import { CLOSED_TO_ALL, type DocumentHost, startDocumentHost, TEST_ROOT } from '../setup/document-host.ts'

const DOCUMENT = 'https://client.example/app.json'

let host: DocumentHost
let proxy: Server
let url: string
/** How the proxy answers CONNECT. */
let answer: 'open' | 'refuse' | 'silence'
const seen: { target: string | undefined; credentials: string | undefined }[] = []
const sockets: Duplex[] = []

beforeAll(async () => {
  host = await startDocumentHost()
  host.serve(DOCUMENT, { here: true })
  // Whatever it is asked for, it leads to the host of documents: which certificate is shown there is not its business.
  proxy = createServer().on('connect', (req, socket) => {
    seen.push({ target: req.url, credentials: req.headers['proxy-authorization'] })
    sockets.push(socket.on('error', () => undefined))
    if (answer === 'refuse') socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
    if (answer !== 'open') return
    const through = connect(host.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    sockets.push(through.on('error', () => undefined))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
})
beforeEach(() => {
  answer = 'open'
  seen.length = 0
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => proxy.close(resolve))
  await host.close()
})

async function get(target: string, addresses: readonly string[], settings: Partial<EgressSettings> = {}) {
  const egress = createEgress({
    resolve: async () => addresses.map((address) => ({ address })),
    ca: [TEST_ROOT],
    settings: { ...CLOSED_TO_ALL, proxy: secret(url), ...settings },
  })
  const trust = settings.allow === undefined ? 'stranger' : 'settings'
  const outcome = await egress.get(target, { trust, accept: '*/*', maxBytes: 1_000, timeoutMs: 1_500 })
  if (outcome.kind === 'answer') return { kind: outcome.kind, body: outcome.body.toString() }
  return { kind: outcome.kind, reason: outcome.reason }
}

describe('behind a proxy', () => {
  it('the address that was judged is asked for by its number, and the host proves its name to us', async () => {
    expect(await get(DOCUMENT, ['93.184.215.14'])).toEqual({ kind: 'answer', body: '{"here":true}' })
    expect(await get('https://client.example:8443/app.json', ['2606:4700::1111'])).toMatchObject({ kind: 'answer' })
    expect(seen).toEqual([
      { target: '93.184.215.14:443', credentials: undefined },
      { target: '[2606:4700::1111]:8443', credentials: undefined },
    ])
  })

  it('a proxy that leads elsewhere is found out by the certificate', async () => {
    expect(await get('https://nobody.example/app.json', ['93.184.215.14'])).toEqual({
      kind: 'failed',
      reason: 'no trusted TLS (ERR_TLS_CERT_ALTNAME_INVALID)',
    })
  })

  it.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1'])(
    'a name that leads to %s is refused before the proxy hears of it [AS-CIMD-07 A71]',
    async (address) => {
      expect(await get(DOCUMENT, ['93.184.215.14', address])).toMatchObject({ kind: 'refused' })
      expect(seen).toEqual([])
    },
  )

  it('the user and password of the setting go to the proxy and to nobody else', async () => {
    const headers: NodeJS.Dict<string | string[]>[] = []
    host.answer('https://client.example/headers', (req, res) => {
      headers.push(req.headers)
      res.end()
    })
    const settings = { proxy: secret(url.replace('http://', 'http://me:p%40ss@')) }
    expect(await get('https://client.example/headers', ['93.184.215.14'], settings)).toMatchObject({ kind: 'answer' })
    expect(seen[0]?.credentials).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
    expect(Object.keys(headers[0] ?? {})).toEqual(expect.not.arrayContaining(['proxy-authorization', 'authorization']))
  })

  it('what the operator named as part of the own network is reached without it', async () => {
    const outcome = await get(`https://client.example:${host.port}/app.json`, ['127.0.0.1'], {
      allow: [`client.example:${host.port}`],
    })
    expect(outcome).toMatchObject({ kind: 'answer' })
    expect(seen).toEqual([])
  })

  it('a proxy that refuses, is silent or is not there is said to be so', async () => {
    answer = 'refuse'
    expect(await get(DOCUMENT, ['93.184.215.14'])).toEqual({
      kind: 'failed',
      reason: 'the proxy answered 407 to CONNECT 93.184.215.14:443',
    })
    answer = 'silence'
    expect(await get(DOCUMENT, ['93.184.215.14'])).toEqual({
      kind: 'failed',
      reason: 'there was no complete answer within 1500 ms',
    })
    expect(await get(DOCUMENT, ['93.184.215.14'], { proxy: secret('http://127.0.0.1:1') })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })
})
