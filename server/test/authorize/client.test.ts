import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, register } from '../setup/flow.ts'
import { ask, authorizeUrl, expectPage, type Overrides, send } from './ask.ts'

const EVIL = 'https://evil.example/landing'

let server: TestServer
beforeAll(async () => {
  const client = { id: 'portal', name: 'Portal', redirectUris: ['https://portal.example/cb'] }
  server = await startTestServer({ settings: { clients: [client] } })
})
afterAll(() => server.close())

describe('an authorization request without a client that could be answered', () => {
  it.each([
    { client: 'nobody registered (A01, AS-AZ-10)', id: 'client_unknown' },
    { client: 'whose id is in another case (A01)', id: 'PORTAL' },
    { client: 'with a document, which is not looked for (A01)', id: 'https://client.example/metadata.json' },
    { client: 'that asks for a row of the database (A01)', id: "portal' OR '1'='1" },
  ])('is refused on a page: a client $client', async ({ id }) => {
    await expectPage(ask(server, id, { redirect_uri: EVIL }), 'invalid_client')
  })

  it('is refused on a page: no client at all', async () => {
    await expectPage(ask(server, '', { redirect_uri: EVIL }), 'invalid_request')
  })

  it.each([
    { wrong: 'a response type (A14)', params: { response_type: 'token' } },
    { wrong: 'prompt=none (A14)', params: { prompt: 'none' } },
    { wrong: 'a resource', params: { resource: 'https://nobody.example' } },
    { wrong: 'a scope', params: { scope: 'nothing' } },
    { wrong: 'a request object', params: { request: 'x.y.z' } },
    { wrong: 'a response mode', params: { response_mode: 'form_post' } },
  ])('is refused on a page, whatever else is wrong: $wrong beside a foreign redirect URI', async ({ params }) => {
    await expectPage(ask(server, 'portal', { redirect_uri: EVIL, ...params }), 'invalid_redirect_uri')
  })
})

describe('an error of an authorization request', () => {
  const WRONG: readonly { wrong: string; params: Overrides; error: string }[] = [
    { wrong: 'no code challenge', params: { code_challenge: undefined }, error: 'invalid_request' },
    { wrong: 'prompt=none', params: { prompt: 'none' }, error: 'login_required' },
    { wrong: 'no scope that exists', params: { scope: 'nothing' }, error: 'invalid_scope' },
    { wrong: 'an unknown resource', params: { resource: 'https://nobody.example' }, error: 'invalid_target' },
    { wrong: 'a response mode', params: { response_mode: 'form_post' }, error: 'unsupported_response_mode' },
    { wrong: 'a response type', params: { response_type: 'id_token' }, error: 'unsupported_response_type' },
  ]

  it.each(WRONG)(
    'is not sent by itself to a site that registered itself: $wrong (A15, AS-AZ-11)',
    async ({ params, error }) => {
      const clientId = await register(server, { redirect_uris: [EVIL] })
      const html = await expectPage(ask(server, clientId, { ...params, redirect_uri: EVIL }), error)
      expect(html).toContain('evil.example')
      expect(html).not.toContain('/landing')
    },
  )

  it('keeps the query of the redirect URI', async () => {
    const clientId = await register(server, { redirect_uris: ['http://127.0.0.1/cb?from=editor&error=0'] })
    const redirect = { redirect_uri: 'http://127.0.0.1:5000/cb?from=editor&error=0' }
    const browser = createBrowser()
    await approve(server, authorization(server, clientId, redirect), {}, browser)
    const answer = await send(server, authorizeUrl(server, clientId, { ...redirect, prompt: 'none' }), browser)
    if (answer.kind !== 'callback') expect.fail('expected a redirect')
    expect(answer.url.searchParams.get('from')).toBe('editor')
    expect(answer.url.searchParams.getAll('error')).toEqual(['interaction_required'])
  })
})
