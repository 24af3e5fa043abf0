import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { type Authorization, approve, authorization, type Callback, redeem, refresh, register } from '../setup/flow.ts'
import { auditEvents, query } from '../setup/state.ts'

const OTHER_RESOURCE = 'http://127.0.0.1:9411/mcp'
const browser = createBrowser()
let server: TestServer
let clientId: string

beforeAll(async () => {
  server = await startTestServer()
  await server.store.resources.add({
    id: 'other',
    uri: OTHER_RESOURCE,
    name: 'Other',
    aliases: [],
    tools: { tools: { whoami: { class: 'discovery', scopes: [] } } },
    accessTokenSeconds: undefined,
    source: 'cli',
  })
  clientId = await register(server)
})
afterAll(() => server.close())

async function authorized(): Promise<{ request: Authorization; callback: Callback }> {
  const request = authorization(server, clientId)
  return { request, callback: await approve(server, request, {}, browser) }
}

describe('a code that is refused is not used up', () => {
  it.each([
    { because: 'a wrong verifier (A90)', wrong: { code_verifier: 'x'.repeat(43) }, error: 'invalid_grant' },
    { because: 'a missing verifier (A21)', wrong: { code_verifier: undefined }, error: 'invalid_grant' },
    { because: 'a verifier that is too short (A90)', wrong: { code_verifier: 'short' }, error: 'invalid_request' },
    {
      because: 'another path (A93, AS-RED-07)',
      wrong: { redirect_uri: 'http://127.0.0.1:51234/other' },
      error: 'invalid_grant',
    },
    {
      because: 'another port (A93, AS-RED-07)',
      wrong: { redirect_uri: 'http://127.0.0.1:51235/callback' },
      error: 'invalid_grant',
    },
    {
      because: 'a wrong verifier and no redirect URI (A93, A90)',
      wrong: { redirect_uri: undefined, code_verifier: 'x'.repeat(43) },
      error: 'invalid_grant',
    },
    {
      because: 'no verifier and no redirect URI (A93, A21)',
      wrong: { redirect_uri: '', code_verifier: undefined },
      error: 'invalid_grant',
    },
    {
      because: 'a resource it was not made for (AS-RES-03)',
      wrong: { resource: OTHER_RESOURCE },
      error: 'invalid_target',
    },
    {
      because: 'an unknown resource (A120)',
      wrong: { resource: 'https://nobody.example/mcp' },
      error: 'invalid_target',
    },
    { because: 'a resource with a fragment (A121)', wrong: { resource: `${RESOURCE}#part` }, error: 'invalid_target' },
    { because: 'a path below the resource (A123)', wrong: { resource: `${RESOURCE}/x` }, error: 'invalid_target' },
  ])('when it comes with $because', async ({ wrong, error }) => {
    const { request, callback } = await authorized()
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await redeem(server, request, callback.code, wrong)).toMatchObject({ status: 400, body: { error } })
    }
    expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
  })

  it('when it comes with two resources (A124)', async () => {
    const { request, callback } = await authorized()
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: callback.code,
      redirect_uri: 'http://127.0.0.1:51234/callback',
      code_verifier: request.verifier,
      resource: RESOURCE,
    })
    body.append('resource', OTHER_RESOURCE)
    const response = await fetch(`${server.issuer}/token`, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_target' })
    expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200 })
  })

  it('when another client has it (A88)', async () => {
    const { request, callback } = await authorized()
    const stranger = await register(server, { client_name: 'Stranger' })
    const stolen = await redeem(server, request, callback.code, { client_id: stranger })
    expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const alarm = (await auditEvents(server, 'token.refused')).at(-1)
    expect(alarm).toMatchObject({ client_id: clientId, detail: { presentedBy: stranger, foreignClient: true } })
    expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200 })
  })

  it('when the client does not say who it is, or is unknown (AS-TK-03)', async () => {
    const { request, callback } = await authorized()
    expect(await redeem(server, request, callback.code, { client_id: 'nobody' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect((await redeem(server, request, callback.code, { client_id: undefined })).status).toBe(400)
    expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200 })
  })

  it('when its account is disabled (A36)', async () => {
    const { request, callback } = await authorized()
    await query(server, 'UPDATE accounts SET disabled_at = now()')
    const refused = await redeem(server, request, callback.code)
    await query(server, 'UPDATE accounts SET disabled_at = NULL')
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200 })
  })
})

describe('a code', () => {
  it('needs no resource: it means the one it was made for (AS-RES-06)', async () => {
    const { request, callback } = await authorized()
    const tokens = await redeem(server, request, callback.code, { resource: undefined })
    expect(tokens).toMatchObject({ status: 200, body: { scope: 'mcp:repositories:list mcp:issue:read' } })
  })

  it('is not a refresh token, and a refresh token is not a code (A112)', async () => {
    const { request, callback } = await authorized()
    expect(await refresh(server, clientId, callback.code)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    const tokens = await redeem(server, request, callback.code)
    const asCode = await redeem(server, request, String(tokens.body.refresh_token))
    expect(asCode).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it.each(['', 'x', 'x'.repeat(5_000), '\u0000', '../../etc'])(
    'cut short or made up as %j changes nothing (A89)',
    async (made) => {
      const { request, callback } = await authorized()
      const refused = await redeem(server, request, made)
      expect(refused.status).toBe(400)
      const nearly = await redeem(server, request, callback.code.slice(0, -1))
      expect(nearly).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
      expect(await redeem(server, request, callback.code)).toMatchObject({ status: 200 })
    },
  )
})
