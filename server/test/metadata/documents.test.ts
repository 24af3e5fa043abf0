import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'

const CONFIDENTIAL = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
/** Asymmetric ones alone (AS-DISC-10). */
const ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']

const OTHER = 'http://127.0.0.1:9411/mcp'

describe.each([
  {
    issuer: 'without a path',
    path: '',
    spellings: ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
  },
  {
    issuer: 'with a path',
    path: '/tenant/eu',
    spellings: [
      '/.well-known/oauth-authorization-server/tenant/eu',
      '/.well-known/openid-configuration/tenant/eu',
      '/tenant/eu/.well-known/openid-configuration',
      '/tenant/eu/.well-known/oauth-authorization-server',
    ],
  },
])('the metadata of an issuer $issuer', ({ path, spellings }) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ path })
  })
  afterAll(() => server.close())

  const read = async (spelling: string) => {
    const response = await fetch(server.origin + spelling)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const document: Record<string, unknown> = await response.json()
    return { response, document }
  }

  it('is one document under every spelling, cached for minutes (AS-DISC-01, AS-DISC-02, A40)', async () => {
    const all = await Promise.all(spellings.map(read))
    for (const { document, response } of all) {
      expect(document).toEqual(all[0]?.document)
      expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    }
  })

  it.each([
    { spelling: '/.well-known/oauth-authorization-server/' },
    { spelling: '/.well-known/oauth-authorization-server/other' },
    { spelling: '/.well-known/oauth-protected-resource' },
    { spelling: '/.well-known/openid-configuration.json' },
    { spelling: '/.well-known/' },
  ])('is not at $spelling: a script gets JSON that says so, never a page (AS-DISC-13)', async ({ spelling }) => {
    const response = await fetch(server.origin + path + spelling, { headers: { Accept: 'text/html' } })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toEqual({
      error: 'not_found',
      error_description: expect.any(String),
      error_code: 'SALLYPORT_E_NOT_FOUND',
      correlation_id: response.headers.get('x-correlation-id'),
    })
  })

  it('says exactly what is here, and nothing else (AS-DISC-03, 05, 06, 07, 08, 09, 11, 12, 14, 16, 17)', async () => {
    const { document } = await read(spellings[0] ?? '')
    expect(document).toEqual({
      issuer: server.issuer,
      authorization_endpoint: `${server.issuer}/authorize`,
      token_endpoint: `${server.issuer}/token`,
      pushed_authorization_request_endpoint: `${server.issuer}/par`,
      require_pushed_authorization_requests: false,
      registration_endpoint: `${server.issuer}/register`,
      resource_revocations_uri_template: `${server.issuer}/resources/{resource}/revocations`,
      revocation_endpoint: `${server.issuer}/revoke`,
      introspection_endpoint: `${server.issuer}/introspect`,
      jwks_uri: `${server.issuer}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', ...CONFIDENTIAL],
      token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      revocation_endpoint_auth_methods_supported: ['none', ...CONFIDENTIAL],
      revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      introspection_endpoint_auth_methods_supported: CONFIDENTIAL,
      introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA', 'Ed25519'],
      authorization_response_iss_parameter_supported: true,
      acr_values_supported: ['urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'],
      client_id_metadata_document_supported: true,
      scopes_supported: ['mcp:repositories:list', 'mcp:issue:read'],
      protected_resources: [RESOURCE],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      // OpenID Connect reads an absent member as "yes".
      request_uri_parameter_supported: false,
    })
  })

  it('answers HEAD with the headers alone', async () => {
    const response = await fetch(server.origin + spellings[0], { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.text()).toBe('')
  })

  it('refuses a post and names what it takes', async () => {
    const response = await fetch(server.origin + spellings[0], { method: 'POST' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
  })
})

describe('the metadata document', () => {
  it('leaves out lists that would be empty: no resource, no scope (RFC 8414 §3.2)', async () => {
    const server = await startTestServer()
    await server.store.resources.remove('demo')
    const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
    const document: Record<string, unknown> = await response.json()
    expect(Object.values(document).filter((value) => value === null || JSON.stringify(value) === '[]')).toEqual([])
    expect(document).not.toHaveProperty('scopes_supported')
    expect(document).not.toHaveProperty('protected_resources')
    await server.close()
  })

  it('unites the initial scopes of all resources, never a write or destructive one (AS-DISC-12)', async () => {
    const scopes = {
      ...TOOLS.scopes,
      'mcp:wiki:read': { class: 'read', description: 'Read the wiki' },
      'mcp:url:fetch': { class: 'external-network', description: 'Fetch addresses' },
    }
    const tools = { ...TOOLS.tools, fetch: { scopes: ['mcp:url:fetch'] }, wiki: { scopes: ['mcp:wiki:read'] } }
    const resource = { id: 'other', uri: OTHER, name: 'Other', aliases: [], tools: { scopes, tools } }
    const server = await startTestServer({ settings: { resources: [resource] } })
    const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
    expect(await response.json()).toMatchObject({
      scopes_supported: ['mcp:repositories:list', 'mcp:issue:read', 'mcp:wiki:read'],
      protected_resources: [RESOURCE, OTHER],
    })
    await server.close()
  })

  it('names no registration endpoint while registration is off, and there is none (AS-DISC-11)', async () => {
    const server = await startTestServer({ settings: { registration: { mode: 'off' } } })
    const metadata = await fetch(`${server.issuer}/.well-known/openid-configuration`)
    expect(await metadata.json()).not.toHaveProperty('registration_endpoint')
    const response = await fetch(`${server.issuer}/register`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: 'not_found' })
    await server.close()
  })
})
