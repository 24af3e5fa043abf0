import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import type { ClientSettings } from '../../src/config/settings.ts'
import { SettingsConflictError, syncSettings } from '../../src/provider/registered-settings.ts'
import { ask, expectTaken } from '../authorize/ask.ts'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh, register } from '../setup/flow.ts'
import { query } from '../setup/state.ts'

const CALLBACK = 'https://portal.example/cb'
const SECRET = 'a-secret-of-the-settings-file-0123456789'
const HOSTED = { id: 'hosted', uri: 'https://mcp.example.com/mcp', name: 'Hosted', aliases: [], tools: TOOLS }

const PORTAL: ClientSettings = { id: 'portal', name: 'Portal', redirectUris: [CALLBACK], secret: secret(SECRET) }
const OPEN: ClientSettings = { id: 'open', name: 'Open', redirectUris: [CALLBACK], defaultResource: 'hosted' }
const LOCAL: ClientSettings = {
  id: 'local',
  name: 'Local',
  redirectUris: ['https://localhost:3000/cb', 'http://localhost/cb'],
}
const EDITOR: ClientSettings = { id: 'editor', name: 'Editor', redirectUris: ['cursor://anysphere.cursor-mcp/cb'] }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { resources: [HOSTED], clients: [PORTAL, OPEN, LOCAL, EDITOR] } })
})
afterAll(() => server.close())

async function tokensOf(clientId: string, proof: Record<string, string> = {}, resource: string | undefined = RESOURCE) {
  const request = authorization(server, clientId, { redirect_uri: CALLBACK, resource })
  const { code } = await approve(server, request)
  return redeem(server, request, code, { redirect_uri: CALLBACK, resource, ...proof })
}

/** Another process on the same database, reached under an address that is not its issuer's. */
const restart = (clients: readonly ClientSettings[]): Promise<TestServer> =>
  startTestServer({ sharing: server, settings: { mode: 'serve', clients, resources: [HOSTED] } })

const withClients = (clients: readonly ClientSettings[]) => ({ ...server.settings, clients })

describe('a client of the settings file', () => {
  it('that has a secret gets tokens with it and none without (AS-PRE-01)', async () => {
    expect(await tokensOf('portal')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await tokensOf('portal', { client_secret: SECRET })).toMatchObject({ status: 200 })
  })

  it('that has none gets tokens for its own default resource (AS-PRE-01, AS-AZ-18)', async () => {
    const request = authorization(server, 'open', { redirect_uri: CALLBACK, resource: undefined })
    const { code } = await approve(server, request)
    const { body } = await redeem(server, request, code, { redirect_uri: CALLBACK, resource: undefined })
    const payload = String(body.access_token).split('.')[1] ?? ''
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString()).aud).toBe(HOSTED.uri)
  })

  it.each([
    { id: 'local', redirect_uri: 'https://localhost:3000/cb' },
    { id: 'local', redirect_uri: 'http://localhost:51353/cb' },
    { id: 'editor', redirect_uri: 'cursor://anysphere.cursor-mcp/cb' },
  ])('works with every redirect URI that the file may list: $redirect_uri', async ({ id, redirect_uri }) => {
    await expectTaken(ask(server, id, { redirect_uri }))
  })

  it('cannot be taken over by a registration that names its id', async () => {
    const payload = { client_id: 'portal', redirect_uris: ['https://evil.example/cb'] }
    expect(await register(server, payload)).not.toBe('portal')
    const answer = await ask(server, 'portal', { redirect_uri: 'https://evil.example/cb' })
    expect(answer).toMatchObject({ kind: 'page', status: 400 })
  })
})

describe('a client that left the settings file', () => {
  it('is gone, and every grant of it is dead (AS-RT-07)', async () => {
    const tokens = await tokensOf('portal', { client_secret: SECRET })
    const refreshToken = String(tokens.body.refresh_token)
    await syncSettings(withClients([OPEN, LOCAL, EDITOR]), server.store)
    const at = await query(server, `SELECT revoked_reason FROM grants WHERE client_id = 'portal'`)
    expect(at.length).toBeGreaterThan(0)
    expect(new Set(at.map((row) => row.revoked_reason))).toEqual(new Set(['client-removed']))
    const refused = await refresh(server, 'portal', refreshToken, { client_secret: SECRET })
    expect([400, 401]).toContain(refused.status)
    const restarted = await restart([OPEN, LOCAL, EDITOR])
    const answer = await refresh(restarted, 'portal', refreshToken, { client_secret: SECRET })
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    await syncSettings(withClients([PORTAL, OPEN, LOCAL, EDITOR]), server.store)
    const back = await restart([PORTAL])
    const again = await refresh(back, 'portal', refreshToken, { client_secret: SECRET })
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    await restarted.close()
    await back.close()
  })
})

describe('a settings file', () => {
  it('that gives a client a secret makes it confidential from then on', async () => {
    const restarted = await restart([{ ...OPEN, secret: secret(SECRET) }])
    expect(await refresh(restarted, 'open', 'x')).toMatchObject({ status: 401 })
    expect(await refresh(restarted, 'open', 'x', { client_secret: SECRET })).toMatchObject({ status: 400 })
    await restarted.close()
  })

  it('that names a client somebody else brought in is refused, with what to do', async () => {
    const id = await register(server)
    const attempt = syncSettings(withClients([{ ...OPEN, id }]), server.store)
    await expect(attempt).rejects.toBeInstanceOf(SettingsConflictError)
    await expect(attempt).rejects.toMatchObject({
      code: 'SALLYPORT_E_SETTINGS_CONFLICT',
      message: expect.stringContaining(id),
    })
    const [row] = await query(server, 'SELECT source FROM clients WHERE id = $1', [id])
    expect(row).toEqual({ source: 'dynamic' })
  })

  it.each([
    { clash: 'an id', resource: { ...HOSTED, id: 'demo' } },
    { clash: 'an identifier', resource: { ...HOSTED, id: 'second', uri: RESOURCE } },
    { clash: 'an alias', resource: { ...HOSTED, id: 'third', aliases: [`${RESOURCE}/`] } },
  ])('that takes $clash of a resource somebody else brought in is refused', async ({ resource }) => {
    const attempt = syncSettings({ ...server.settings, clients: [], resources: [resource] }, server.store)
    await expect(attempt).rejects.toMatchObject({ code: 'SALLYPORT_E_SETTINGS_CONFLICT' })
  })
})
