import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BrowserOptions, createBrowser } from '../../src/browser/create-browser.ts'
import { openTestWire } from '../setup/test-wire.ts'

const REDIRECT = 'http://127.0.0.1:9/callback'
const SIGN_IN = '<form method="post" action="/in"><input name="login"><input name="password" type="password"></form>'

interface Page {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

describe('a walk through the pages of an authorization server', () => {
  let pages: Record<string, Page> = {}
  const seen: { method: string; path: string; body: string; cookie: string | undefined; origin: string | undefined }[] =
    []
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url: path = '', headers } = request
    seen.push({ method, path, body, cookie: headers.cookie, origin: headers.origin })
    const page = pages[path] ?? { status: 404, body: 'nothing here' }
    response.writeHead(page.status ?? 200, { 'content-type': 'text/html', ...page.headers }).end(page.body)
  })
  let origin: string
  let test: ReturnType<typeof openTestWire>
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    test = openTestWire()
  })
  beforeEach(() => {
    seen.length = 0
  })
  afterAll(async () => {
    await test.close()
    server.close()
  })

  const walk = (of: Record<string, Page>, options: BrowserOptions = {}) => {
    pages = of
    const person = { login: 'alice', password: 'secret-word' }
    return createBrowser(test.wire, options).authorize(`${origin}/authorize`, REDIRECT, { person, decision: 'allow' })
  }
  const to = (location: string, status = 302, more: Record<string, string> = {}): Page => ({
    status,
    headers: { location, ...more },
  })

  it('forgets the form at 302 and 303, and takes it along at 307', async () => {
    for (const status of [302, 303, 307]) {
      seen.length = 0
      await walk({ '/authorize': { body: SIGN_IN }, '/in': to('/on', status), '/on': to(`${REDIRECT}?code=1`) })
      expect(seen.at(-1)).toMatchObject({ path: '/on', method: status === 307 ? 'POST' : 'GET' })
      expect(seen.at(-1)?.body.includes('secret-word')).toBe(status === 307)
    }
  })

  it('ends at the redirect URI, which is not called, with all that is in it', async () => {
    const arrival = await walk({ '/authorize': to(`${REDIRECT}?code=c&state=s`) })
    expect(arrival).toMatchObject({ kind: 'redirected', pages: [] })
    expect(arrival.kind === 'redirected' && arrival.to.searchParams.get('code')).toBe('c')
  })

  it('brings cookies back, and names the origin of a form', async () => {
    await walk({
      '/authorize': { body: SIGN_IN, headers: { 'set-cookie': 'i=1; Path=/' } },
      '/in': to(`${REDIRECT}?code=1`),
    })
    expect(seen.at(-1)).toMatchObject({ path: '/in', cookie: 'i=1', origin })
  })

  it.each([
    ['a redirect', { '/authorize': to('http://stranger.invalid/in') }],
    ['a form', { '/authorize': { body: SIGN_IN.replace('/in', 'http://stranger.invalid/in') } }],
    ['a form that is sent on', { '/authorize': { body: SIGN_IN }, '/in': to('http://stranger.invalid/', 307) }],
    ['an address that is no page', { '/authorize': to('javascript:alert(1)') }],
  ])('goes to no stranger by %s', async (_, of) => {
    const arrival = await walk(of)
    expect(arrival).toMatchObject({ kind: 'stuck', why: expect.stringContaining('neither the authorization server') })
    expect(test.wire.exchanges.some(({ request }) => request.url.includes('stranger'))).toBe(false)
  })

  it('goes to another origin of the authorization server where it is named', async () => {
    const arrival = await walk(
      { '/authorize': to(origin.replace('127.0.0.1', 'localhost')) },
      {
        origins: [origin.replace('127.0.0.1', 'localhost')],
      },
    )
    expect(arrival).toMatchObject({ kind: 'refused', answer: { status: 404 } })
  })

  it('does not go in circles for ever', async () => {
    expect(await walk({ '/authorize': to('/authorize') })).toMatchObject({
      kind: 'stuck',
      why: '30 requests led nowhere',
    })
    expect(seen).toHaveLength(30)
  })

  it('types a password once', async () => {
    const arrival = await walk({ '/authorize': { body: SIGN_IN }, '/in': { body: SIGN_IN, status: 401 } })
    expect(arrival).toMatchObject({ kind: 'stuck', why: expect.stringContaining('not accepted') })
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('is refused by an error that is no page', async () => {
    const json = { 'content-type': 'application/json' }
    const arrival = await walk({ '/authorize': { status: 400, headers: json, body: '{"error":"invalid_request"}' } })
    expect(arrival.kind).toBe('refused')
  })
})
