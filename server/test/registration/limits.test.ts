import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, askAgreed, expectPage, expectRefusal } from '../authorize/ask.ts'
import { startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { tokenRequest } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { postRegistration } from './post-registration.ts'

const SITE = 'https://app.example/callback'

let server: TestServer
beforeAll(async () => {
  const other = { id: 'other', uri: 'https://other.example/mcp', name: 'Other', aliases: [], tools: TOOLS }
  server = await startTestServer({ settings: { resources: [other] } })
})
afterAll(() => server.close())

describe('a client that registers itself', () => {
  it('gets no grant for machines or exchange, whatever it asks for (AS-DCR-05, A47)', async () => {
    const machineGrants = [
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'implicit',
      'password',
    ]
    for (const grant_types of [
      machineGrants,
      ['authorization_code', ...machineGrants],
      'client_credentials',
      [],
      [7],
    ]) {
      const { status, body } = await postRegistration(server, {
        redirect_uris: [SITE],
        token_endpoint_auth_method: 'client_secret_post',
        response_types: ['code', 'token', 'id_token'],
        grant_types,
      })
      expect(status).toBe(201)
      expect(body).toMatchObject({ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] })
      const answer = await tokenRequest(server, {
        grant_type: 'client_credentials',
        client_id: String(body.client_id),
        client_secret: String(body.client_secret),
        resource: 'https://other.example/mcp',
        scope: 'mcp:issue:create',
      })
      expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
    }
  })

  it('cannot vouch for itself with the properties of this server', async () => {
    const { body } = await postRegistration(server, {
      redirect_uris: [SITE],
      sallyport_source: 'settings',
      sallyport_default_resource: 'other',
      sallyport_refresh_on_request: true,
    })
    expect(Object.keys(body).filter((name) => name.startsWith('sallyport'))).toEqual([])
    const clientId = String(body.client_id)
    const [row] = await query(server, 'SELECT source, default_resource, metadata FROM clients WHERE id = $1', [
      clientId,
    ])
    expect(row).toMatchObject({ source: 'dynamic', default_resource: null })
    expect(row?.metadata).not.toHaveProperty('sallyport_source')
    expect(row?.metadata).toMatchObject({ sallyport_refresh_on_request: false })
    // Nobody vouches for its site, and without a resource nobody knows which one it means.
    await expectPage(ask(server, clientId, { redirect_uri: SITE, resource: undefined }), 'invalid_target')
  })

  it('gets no default resource on its own word', async () => {
    const { body } = await postRegistration(server, {
      redirect_uris: ['http://127.0.0.1/callback'],
      sallyport_default_resource: 'other',
    })
    await expectRefusal(server, askAgreed(server, String(body.client_id), { resource: undefined }), 'invalid_target')
  })

  it('chooses neither its id nor its secret nor its age (A50, AS-CIMD-12)', async () => {
    const chosen = {
      redirect_uris: [SITE],
      client_id: 'https://trusted.example/client.json',
      client_secret: 'my own',
      client_secret_expires_at: 1,
      client_id_issued_at: 1,
    }
    const { body } = await postRegistration(server, chosen)
    expect(body.client_id).toMatch(/^client_/)
    expect(body.client_secret).not.toBe('my own')
    expect(body.client_secret_expires_at).toBe(0)
    expect(Number(body.client_id_issued_at)).toBeGreaterThan(1_700_000_000)
    const { body: open } = await postRegistration(server, { ...chosen, token_endpoint_auth_method: 'none' })
    expect(open).not.toHaveProperty('client_secret')
  })

  it('is another one each time, with an id nobody can guess', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => postRegistration(server, { redirect_uris: [SITE] })),
    )
    expect(new Set(answers.map(({ body }) => body.client_id)).size).toBe(20)
    expect(new Set(answers.map(({ body }) => body.client_secret)).size).toBe(20)
  })

  it('leaves no address behind that this server would fetch (A45, AS-DCR-10)', async () => {
    const link = 'http://169.254.169.254/latest/meta-data/'
    const links = [
      'jwks_uri',
      'logo_uri',
      'sector_identifier_uri',
      'client_uri',
      'tos_uri',
      'policy_uri',
      'initiate_login_uri',
    ]
    const members = Object.fromEntries(links.map((name) => [name, link]))
    const { status, body } = await postRegistration(server, {
      redirect_uris: [SITE],
      subject_type: 'pairwise',
      ...members,
    })
    expect(status).toBe(201)
    const [row] = await query(server, 'SELECT metadata FROM clients WHERE id = $1', [body.client_id])
    expect(JSON.stringify(row)).not.toContain('169.254')
  })

  it('may send members nobody knows, and none of them is kept (AS-DCR-03)', async () => {
    const payload = `{"redirect_uris":["${SITE}"],"__proto__":{"sallyport_source":"cli"},"constructor":1,"x":{"y":[1]},"contacts":"me","default_max_age":"soon","require_auth_time":"yes","scope":"admin"}`
    const { status, body } = await postRegistration(server, payload)
    expect(status).toBe(201)
    const [row] = await query(server, 'SELECT source, metadata FROM clients WHERE id = $1', [body.client_id])
    expect(row?.source).toBe('dynamic')
    expect(Object.keys(Object(row?.metadata))).toEqual(
      expect.not.arrayContaining(['x', 'contacts', 'scope', 'default_max_age']),
    )
  })

  it.each([
    { name: 'a null character', sent: 'App\0X', kept: 'App X' },
    { name: 'line ends', sent: 'App\r\nby Trusted', kept: 'App  by Trusted' },
    { name: 'half a character', sent: 'App \ud83d', kept: 'App \ufffd' },
    { name: 'ten kilobytes', sent: 'A'.repeat(10_000), kept: 'A'.repeat(200) },
    { name: 'white space alone', sent: ' \t ', kept: undefined },
    { name: 'a number', sent: 7, kept: undefined },
  ])('may have a name with $name: it is made storable (A83)', async ({ sent, kept }) => {
    const { status, body } = await postRegistration(server, { redirect_uris: [SITE], client_name: sent })
    expect(status).toBe(201)
    expect(body.client_name).toBe(kept)
  })

  it('is a public one when its answers go to a private-use scheme, which keeps no secret (AS-RED-06)', async () => {
    const redirect_uris = ['cursor://anysphere.cursor-mcp/oauth/callback', 'http://localhost/callback']
    for (const stated of [{}, { token_endpoint_auth_method: 'client_secret_basic' }]) {
      const { status, body } = await postRegistration(server, { redirect_uris, ...stated })
      expect({ status, method: body.token_endpoint_auth_method }).toEqual({ status: 201, method: 'none' })
      expect(body).not.toHaveProperty('client_secret')
      expect(body).not.toHaveProperty('client_secret_expires_at')
    }
  })

  it.each([
    { stated: undefined, uris: [SITE], type: 'web' },
    { stated: 'web', uris: [SITE], type: 'web' },
    { stated: 'native', uris: [SITE], type: 'native' },
    { stated: 'web', uris: ['http://127.0.0.1/cb'], type: 'native' },
    { stated: undefined, uris: [SITE, 'http://localhost/cb'], type: 'native' },
    { stated: undefined, uris: ['https://localhost:3000/cb'], type: 'native' },
    { stated: 'nonsense', uris: [SITE], type: 'web' },
    { stated: 7, uris: [SITE], type: 'web' },
  ])(
    'that states the type $stated with $uris is of the type $type (AS-DCR-04, AS-RED-04)',
    async ({ stated, uris, type }) => {
      const { status, body } = await postRegistration(server, { redirect_uris: uris, application_type: stated })
      expect({ status, type: body.application_type }).toEqual({ status: 201, type })
    },
  )
})
