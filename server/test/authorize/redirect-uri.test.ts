import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { register } from '../setup/flow.ts'
import { ask, expectPage, expectTaken } from './ask.ts'

const SITE = 'https://app.example/cb'

let server: TestServer
const clients = new Map<string, string>()
beforeAll(async () => {
  server = await startTestServer()
  for (const [name, redirectUris] of Object.entries(REGISTERED)) {
    clients.set(name, await register(server, { redirect_uris: redirectUris }))
  }
})
afterAll(() => server.close())

const REGISTERED = {
  v4: ['http://127.0.0.1/cb'],
  v6: ['http://[::1]/cb'],
  localhost: ['http://localhost/cb'],
  'v4 with port and query': ['http://127.0.0.1:33418/cb?from=editor'],
  site: [SITE],
  'site with port': ['https://app.example:9999/cb'],
  'secure loopback': ['https://localhost:3000/cb', 'http://localhost/cb'],
  two: [SITE, 'https://app.example/other'],
  cursor: ['cursor://anysphere.cursor-mcp/oauth/callback'],
}
type ClientName = keyof typeof REGISTERED

const GOOD: readonly { client: ClientName; sent: string }[] = [
  { client: 'v4', sent: 'http://127.0.0.1/cb' },
  { client: 'v4', sent: 'http://127.0.0.1:51353/cb' },
  { client: 'v6', sent: 'http://[::1]:51353/cb' },
  { client: 'localhost', sent: 'http://localhost:51353/cb' },
  { client: 'v4 with port and query', sent: 'http://127.0.0.1:33418/cb?from=editor' },
  { client: 'v4 with port and query', sent: 'http://127.0.0.1:51353/cb?from=editor' },
  { client: 'v4 with port and query', sent: 'http://127.0.0.1/cb?from=editor' },
  { client: 'site', sent: SITE },
  { client: 'two', sent: 'https://app.example/other' },
  { client: 'secure loopback', sent: 'https://localhost:3000/cb' },
  { client: 'secure loopback', sent: 'http://localhost:51353/cb' },
  { client: 'cursor', sent: 'cursor://anysphere.cursor-mcp/oauth/callback' },
]

const BAD: readonly { client: ClientName; sent: string; id: string }[] = [
  { client: 'v4', sent: 'http://localhost/cb', id: 'AS-RED-03' },
  { client: 'v4', sent: 'http://[::1]/cb', id: 'AS-RED-03' },
  { client: 'localhost', sent: 'http://127.0.0.1/cb', id: 'AS-RED-03' },
  { client: 'localhost', sent: 'http://LOCALHOST/cb', id: 'A08' },
  { client: 'localhost', sent: 'http://localhost.evil.com/cb', id: 'A08' },
  { client: 'localhost', sent: 'http://localhost./cb', id: 'A08' },
  { client: 'v4', sent: 'http://127.0.0.2/cb', id: 'A08' },
  { client: 'v4', sent: 'http://127.1/cb', id: 'A08' },
  { client: 'v4', sent: 'http://0x7f000001/cb', id: 'A08' },
  { client: 'v6', sent: 'http://[0:0:0:0:0:0:0:1]/cb', id: 'A08' },
  { client: 'v4', sent: 'https://127.0.0.1/cb', id: 'A08' },
  { client: 'v4', sent: 'http://127.0.0.1/cb/', id: 'A08' },
  { client: 'v4', sent: 'http://127.0.0.1/', id: 'A08' },
  { client: 'v4', sent: 'http://127.0.0.1/cb?x=1', id: 'A08' },
  { client: 'v4', sent: 'http://127.0.0.1/cb?', id: 'A08' },
  { client: 'v4', sent: 'http://127.0.0.1/cb#x', id: 'A08' },
  { client: 'v4', sent: 'http://user@127.0.0.1/cb', id: 'A08' },
  { client: 'v4', sent: 'http://127.0.0.1@evil.example/cb', id: 'A05' },
  { client: 'v4', sent: 'http://127.0.0.1:99999/cb', id: 'A08' },
  { client: 'v4', sent: 'http:127.0.0.1/cb', id: 'A05' },
  { client: 'v4 with port and query', sent: 'http://127.0.0.1:33418/cb', id: 'AS-RED-01' },
  { client: 'v4 with port and query', sent: 'http://127.0.0.1:33418/cb?from=other', id: 'AS-RED-01' },
  { client: 'site with port', sent: 'https://app.example:9998/cb', id: 'A09' },
  { client: 'site with port', sent: SITE, id: 'A09' },
  { client: 'site', sent: 'https://app.example:443/cb', id: 'A09' },
  { client: 'site', sent: 'https://app.example:9999/cb', id: 'A09' },
  { client: 'site', sent: 'http://app.example/cb', id: 'AS-RED-01' },
  { client: 'site', sent: 'https://APP.example/cb', id: 'AS-RED-01' },
  { client: 'site', sent: 'https://app.example/CB', id: 'A04' },
  { client: 'site', sent: 'https://app.example/cb/', id: 'A04' },
  { client: 'site', sent: 'https://app.example/cb//', id: 'A04' },
  { client: 'site', sent: 'https://app.example/cb?x=1', id: 'AS-RED-01' },
  { client: 'site', sent: 'https://app.example/cb/../x', id: 'A04' },
  { client: 'site', sent: 'https://app.example/cb/%2e%2e/x', id: 'A04' },
  { client: 'site', sent: 'https://app.example/cb/..;/x', id: 'A04' },
  { client: 'site', sent: 'https://app.example/%63b', id: 'A04' },
  { client: 'site', sent: 'https://app.example@evil.example/cb', id: 'A05' },
  { client: 'site', sent: 'https://app.example%25@evil.example/cb', id: 'A05' },
  { client: 'site', sent: 'https://app.example\\@evil.example/cb', id: 'A05' },
  { client: 'site', sent: 'https://app.example.evil.example/cb', id: 'A05' },
  { client: 'site', sent: 'https:evil.example', id: 'A05' },
  { client: 'site', sent: '//evil.example', id: 'A05' },
  { client: 'site', sent: '/cb', id: 'A05' },
  { client: 'site', sent: 'javascript:alert(1)', id: 'A10' },
  { client: 'site', sent: 'data:text/html,x', id: 'A10' },
  { client: 'site', sent: ` ${SITE}`, id: 'A10' },
  { client: 'site', sent: `${SITE}\t`, id: 'A10' },
  { client: 'site', sent: `${SITE}\r\nSet-Cookie: a=b`, id: 'A12' },
  { client: 'two', sent: `${SITE} https://app.example/other`, id: 'AS-RED-01' },
  { client: 'cursor', sent: 'cursor://anysphere.cursor-mcp/other', id: 'AS-RED-06' },
  { client: 'cursor', sent: 'cursor://anysphere.cursor-mcp:80/oauth/callback', id: 'AS-RED-06' },
  { client: 'cursor', sent: 'vscode://anysphere.cursor-mcp/oauth/callback', id: 'A11' },
]

describe('a redirect URI of an authorization request', () => {
  it.each(GOOD)(
    'of the client "$client" is taken: $sent (A07, AS-RED-02, AS-RED-03, AS-RED-04)',
    async ({ client, sent }) => {
      await expectTaken(ask(server, clients.get(client) ?? '', { redirect_uri: sent }))
    },
  )

  it.each(BAD)('of the client "$client" is refused on a page: $sent ($id)', async ({ client, sent }) => {
    const html = await expectPage(
      ask(server, clients.get(client) ?? '', { redirect_uri: sent }),
      'invalid_redirect_uri',
    )
    expect(html).not.toContain('evil')
  })

  it('of another client is refused on a page (A02)', async () => {
    await expectPage(
      ask(server, clients.get('site') ?? '', { redirect_uri: 'http://127.0.0.1/cb' }),
      'invalid_redirect_uri',
    )
  })

  it('that is missing is not guessed, not even where only one is registered (A03)', async () => {
    for (const client of ['two', 'site', 'v4']) {
      await expectPage(ask(server, clients.get(client) ?? '', { redirect_uri: undefined }), 'invalid_request')
    }
  })
})
