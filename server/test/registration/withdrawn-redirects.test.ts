import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectPage } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, register } from '../setup/flow.ts'

const REDIRECT = 'cursor://anysphere.cursor-mcp/oauth/callback'

let server: TestServer
let strict: TestServer
beforeAll(async () => {
  server = await startTestServer()
  strict = await startTestServer({ sharing: server, settings: { mode: 'serve', privateUseRedirects: [] } })
})
afterAll(async () => {
  await strict.close()
  await server.close()
})

describe('a client whose redirect URI the operator no longer accepts', () => {
  it('is no client: a page says so, and the token endpoint tells it to register again (T-19)', async () => {
    const clientId = await register(server, { redirect_uris: [REDIRECT] })
    const local = { ...strict, issuer: strict.origin }
    await expectPage(ask(local, clientId, { redirect_uri: REDIRECT }), 'invalid_client')
    expect(await refresh(strict, clientId, 'x')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })
})
