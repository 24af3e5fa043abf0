import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectTaken } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem } from '../setup/flow.ts'
import { RECORDED_CLIENTS } from './payloads.ts'
import { postRegistration } from './post-registration.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe.each(RECORDED_CLIENTS)('$client', ({ payload, redirectUri }) => {
  it('registers and is told what was registered (AS-DCR-01, AS-DCR-03, T-15, T-16)', async () => {
    const { status, headers, body } = await postRegistration(server, payload)
    expect(status).toBe(201)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('no-store')
    const { token_endpoint_auth_method: method = 'client_secret_basic', client_name: name } = payload
    const secret = { client_secret: expect.stringMatching(/^[\w-]{43}$/), client_secret_expires_at: 0 }
    expect(body).toEqual({
      client_id: expect.stringMatching(/^client_[\w-]{22}$/),
      client_id_issued_at: expect.any(Number),
      redirect_uris: payload.redirect_uris,
      application_type: redirectUri.startsWith('https://') ? 'web' : 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      ...(method === 'none' ? {} : secret),
      ...(name ? { client_name: name } : {}),
    })
  })

  it('is taken at the authorization endpoint with the redirect URI it then uses (T-14)', async () => {
    const { body } = await postRegistration(server, payload)
    await expectTaken(ask(server, String(body.client_id), { redirect_uri: redirectUri }))
  })

  it('gets its tokens the way it registered', async () => {
    const { body } = await postRegistration(server, payload)
    const clientId = String(body.client_id)
    const request = authorization(server, clientId, { redirect_uri: redirectUri })
    const { code } = await approve(server, request)
    const proof = body.client_secret === undefined ? {} : { client_secret: String(body.client_secret) }
    const tokens = await redeem(server, request, code, { redirect_uri: redirectUri, ...proof })
    expect(tokens).toMatchObject({ status: 200, body: { scope: 'mcp:repositories:list mcp:issue:read' } })
    expect(typeof tokens.body.refresh_token).toBe('string')
  })
})
