import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askAgreed, expectRefusal } from '../authorize/ask.ts'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { register, signInAndRedeem } from '../setup/flow.ts'

const API = 'http://127.0.0.1:9402'

let server: TestServer
beforeAll(async () => {
  const api = {
    id: 'api',
    uri: API,
    name: 'API',
    aliases: [],
    tools: TOOLS,
    exchangeOnly: true,
    exchangeFrom: ['demo'],
  }
  server = await startTestServer({ settings: { resources: [api] } })
})
afterAll(() => server.close())

describe('a resource that is reached by exchange alone', () => {
  it.each([
    { sent: 'by name', overrides: { resource: API } },
    { sent: 'in another spelling', overrides: { resource: `${API}/` } },
    { sent: 'with scopes', overrides: { resource: API, scope: 'mcp:issue:read' } },
    { sent: 'without a person', overrides: { resource: API, prompt: 'none' } },
  ])('is refused to whoever asks a person for it, $sent (A128)', async ({ overrides }) => {
    await expectRefusal(server, askAgreed(server, await register(server), overrides), 'invalid_target')
  })

  it('is not the default, nor does it keep the only other one from being it (AS-AZ-18, A119)', async () => {
    const { tokens } = await signInAndRedeem(server, { resource: undefined })
    const payload = JSON.parse(
      Buffer.from(String(tokens.body.access_token).split('.')[1] ?? '', 'base64url').toString(),
    )
    expect(payload.aud).toBe(RESOURCE)
  })

  it('is not advertised to clients, who can ask nothing of it', async () => {
    const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
    const metadata: { protected_resources?: unknown } = await response.json()
    expect(metadata.protected_resources).toEqual([RESOURCE])
  })
})
