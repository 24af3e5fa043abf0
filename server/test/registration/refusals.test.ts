import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { query } from '../setup/state.ts'
import { postRegistration } from './post-registration.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

async function expectRefused(payload: unknown, error: string, headers: Record<string, string> = {}): Promise<void> {
  const answer = await postRegistration(server, payload, { Accept: 'text/html', ...headers })
  expect(answer.status).toBe(400)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.has('location')).toBe(false)
  expect(answer.body).toEqual({
    error,
    error_description: expect.any(String),
    error_code: expect.stringMatching(/^SALLYPORT_E_(?!INTERNAL)/),
    correlation_id: answer.headers.get('x-correlation-id'),
  })
  expect(await query(server, 'SELECT id FROM clients')).toEqual([])
}

const GOOD = 'https://app.example/callback'

describe('a registration', () => {
  it.each([
    { uri: 'http://evil.example/cb', because: 'http leaves this machine (AS-RED-05)' },
    { uri: 'http://localhost.evil.example/cb', because: 'http leaves this machine' },
    { uri: 'http://127.0.0.2/cb', because: 'it is not one of the three names of this machine' },
    { uri: 'http://127.1/cb', because: 'the host is not written as it is read' },
    { uri: 'http://2130706433/cb', because: 'the host is not written as it is read' },
    { uri: 'javascript:alert(1)', because: 'it runs (A10)' },
    { uri: 'JavaScript:alert(1)', because: 'it runs (A10)' },
    { uri: 'java\nscript:alert(1)', because: 'it runs in a browser (A10)' },
    { uri: ' javascript:alert(1)', because: 'it runs in a browser (A10)' },
    { uri: 'javascript:\0alert(1)', because: 'it runs (A10)' },
    { uri: 'javascript://app.example/%0aalert(1)', because: 'it runs (A10)' },
    { uri: 'data:text/html,<script>', because: 'it is a page (A10)' },
    { uri: 'vbscript:x', because: 'it runs (A10)' },
    { uri: 'file:///etc/passwd', because: 'it is a file (A10)' },
    { uri: 'blob:https://app.example/1', because: 'it is a page (A10)' },
    { uri: 'about:blank', because: 'it is nobody (A10)' },
    { uri: 'myapp://callback', because: 'the operator did not list it (A11)' },
    { uri: 'com.example.app:/callback', because: 'the operator did not list it (A11)' },
    { uri: 'cursor://evil/oauth/callback', because: 'the host is not the listed one (A11)' },
    { uri: 'https://app.example/cb#part', because: 'it has a fragment (AS-RED-08)' },
    { uri: 'https://*.app.example/cb', because: 'it has a wildcard (A06)' },
    { uri: 'https://app.example/*', because: 'it has a wildcard (A06)' },
    { uri: 'https://app.example@evil.example/cb', because: 'it shows one host and goes to another (A05)' },
    { uri: 'https://app.example\\@evil.example/cb', because: 'parsers disagree about it (A05)' },
    { uri: 'https:evil.example/cb', because: 'it names no authority (A05)' },
    { uri: '//evil.example/cb', because: 'it is relative (A05)' },
    { uri: '/cb', because: 'it is relative' },
    { uri: '', because: 'it is empty' },
    { uri: `https://app.example/${'x'.repeat(3_000)}`, because: 'it is longer than any' },
    { uri: `${GOOD}\r\nSet-Cookie: a=b`, because: 'it ends a header (A12)' },
    { uri: 'https://äpp.example/cb', because: 'it is not written in the characters of a URI' },
  ])('is refused for the redirect URI $uri: $because (AS-DCR-02)', async ({ uri }) => {
    await expectRefused({ redirect_uris: [uri] }, 'invalid_redirect_uri')
    await expectRefused({ redirect_uris: [GOOD, uri] }, 'invalid_redirect_uri')
  })

  it.each([
    { uris: undefined, because: 'none' },
    { uris: null, because: 'null' },
    { uris: [], because: 'an empty list' },
    { uris: GOOD, because: 'one that is not in a list' },
    { uris: [7], because: 'a number' },
    { uris: [null], because: 'a null' },
    { uris: [[GOOD]], because: 'a list in a list' },
    { uris: { 0: GOOD, length: 1 }, because: 'an object like a list' },
    { uris: Array.from({ length: 21 }, (_, at) => `${GOOD}/${at}`), because: 'more than a client has' },
  ])('is refused for redirect URIs that are $because (AS-DCR-02)', async ({ uris }) => {
    await expectRefused({ redirect_uris: uris }, 'invalid_redirect_uri')
  })

  it.each([
    { member: 'token_endpoint_auth_method', value: 'private_key_jwt' },
    { member: 'token_endpoint_auth_method', value: 'client_secret_jwt' },
    { member: 'token_endpoint_auth_method', value: 'tls_client_auth' },
    { member: 'token_endpoint_auth_method', value: 'nonsense' },
    { member: 'token_endpoint_auth_method', value: ['none'] },
    { member: 'token_endpoint_auth_method', value: 7 },
    { member: 'token_endpoint_auth_method', value: '' },
  ])('is refused for $member $value, which cannot be honoured (AS-DCR-02)', async ({ member, value }) => {
    await expectRefused({ redirect_uris: [GOOD], [member]: value }, 'invalid_client_metadata')
  })

  it.each([
    { kid: 'a\0b', holds: 'a null character' },
    { kid: 'a\ud800', holds: 'half a surrogate pair' },
  ])('is refused for keys whose id holds $holds, which no database keeps (A75)', async ({ kid }) => {
    const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', kid }] }
    const payload = { redirect_uris: [GOOD], token_endpoint_auth_method: 'private_key_jwt', jwks }
    await expectRefused(payload, 'invalid_client_metadata')
  })

  it.each([
    { body: '{', because: 'half an object' },
    { body: '', because: 'nothing' },
    { body: '[]', because: 'a list' },
    { body: 'null', because: 'null' },
    { body: '"text"', because: 'a text' },
    { body: `${'['.repeat(20_000)}${']'.repeat(20_000)}`, because: 'a deep list' },
  ])('is refused when it is $because', async ({ body }) => {
    await expectRefused(body, 'invalid_request')
  })

  it('is refused when it is a form, however right its content', async () => {
    const form = `redirect_uris=${encodeURIComponent(GOOD)}`
    await expectRefused(form, 'invalid_request', { 'Content-Type': 'application/x-www-form-urlencoded' })
  })
})

describe('the registration endpoint', () => {
  it.each(['GET', 'PUT', 'DELETE', 'HEAD'])('refuses %s', async (method) => {
    const response = await fetch(`${server.issuer}/register`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  it.each(['GET', 'PUT', 'DELETE'])('has nobody to manage: %s below it is 404 (A46, A49)', async (method) => {
    const headers = { Authorization: 'Bearer x' }
    const response = await fetch(`${server.issuer}/register/client_x`, { method, headers })
    expect(response.status).toBe(404)
  })
})
