import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { register } from '../setup/flow.ts'
import { type Answer, ask, type Overrides, send } from './ask.ts'

const SCRIPT = '"><script>alert(document.domain)</script><img src=x onerror=alert(1)>'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer()
  clientId = await register(server)
})
afterAll(() => server.close())

async function page(answer: Promise<Answer>): Promise<Extract<Answer, { kind: 'page' }>> {
  const found = await answer
  if (found.kind !== 'page') expect.fail(`expected a page, got ${found.kind}`)
  return found
}

describe('an error page of the authorization endpoint', () => {
  it.each([
    { name: 'client_id', params: { client_id: SCRIPT } },
    { name: 'redirect_uri', params: { redirect_uri: SCRIPT } },
    { name: 'state', params: { redirect_uri: 'https://evil.example', state: SCRIPT, nonce: SCRIPT } },
    { name: 'scope', params: { redirect_uri: 'https://evil.example', scope: SCRIPT } },
    { name: 'response_type', params: { client_id: undefined, response_type: SCRIPT } },
    { name: 'a name', params: { client_id: undefined, [SCRIPT]: SCRIPT } },
  ] satisfies { name: string; params: Overrides }[])(
    'shows nothing of what was sent in $name (A23)',
    async ({ params }) => {
      const { html } = await page(ask(server, clientId, params))
      expect(html).not.toMatch(/<script|onerror|alert\(/)
    },
  )

  it.each([
    { cause: 'an unknown client', params: { client_id: 'nobody' } },
    { cause: 'a foreign redirect URI', params: { redirect_uri: 'https://evil.example' } },
  ])('has strict headers: $cause (AS-AZ-13, A28, A38)', async ({ params }) => {
    const { headers } = await page(ask(server, clientId, params))
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.getSetCookie()).toEqual([])
  })

  it('is a page for whoever asks: JSON in Accept does not make it something a script reads', async () => {
    const url = `${server.issuer}/authorize?client_id=${clientId}&redirect_uri=https://evil.example`
    const response = await fetch(url, { headers: { Accept: 'application/json' } })
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  })

  it.each([
    { accept: 'application/json', type: /^application\/json/ },
    { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', type: /^text\/html/ },
    { accept: '*/*', type: /^text\/html/ },
    { accept: 'application/json, text/html', type: /^text\/html/ },
  ])(
    'about a client that is not registered is JSON for a program that takes nothing else, so that it registers anew: $accept (AS-DCR-07)',
    async ({ accept, type }) => {
      const response = await fetch(`${server.issuer}/authorize?client_id=client_forgotten`, { headers: { accept } })
      expect(response.status).toBe(400)
      expect(response.headers.get('content-type')).toMatch(type)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('cache-control')).toBe('no-store')
      const body = await response.text()
      if (accept !== 'application/json') return
      expect(JSON.parse(body)).toMatchObject({ error: 'invalid_client', error_code: 'SALLYPORT_E_CLIENT' })
    },
  )

  // A client id that is a URL is looked up at its host, and has a page of its own for whatever it finds there.
  it('tells the same about every client that is not registered here', async () => {
    const pages = await Promise.all(
      ['nobody', 'client_AAAAAAAAAAAAAAAAAAAAAA', 'http://client.example/metadata.json'].map((id) =>
        page(ask(server, id)),
      ),
    )
    const texts = pages.map(({ html, headers }) => html.replaceAll(headers.get('x-correlation-id') ?? '', ''))
    expect(new Set(texts).size).toBe(1)
  })

  it('also ends an interaction that is over or of another browser', async () => {
    const gone = await page(send(server, `${server.issuer}/authorize/${'x'.repeat(43)}`))
    expect(gone.status).toBe(400)
    expect(gone.html).toContain('<code>invalid_request</code>')
    expect(gone.headers.get('x-frame-options')).toBe('DENY')
  })
})
