import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuardedServer, startGuardedServer } from './setup/guarded-server.ts'
import { startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

const ORIGIN = 'https://mcp.example.com'
const METADATA_URL = `${ORIGIN}/.well-known/oauth-protected-resource/mcp`

let issuer: TestIssuer
let server: GuardedServer

beforeAll(async () => {
  issuer = await startTestIssuer()
  server = await startGuardedServer(issuer, { resourceName: 'Issues' })
})
afterAll(() => issuer.close())

describe('protected resource metadata', () => {
  it('names the resource, the issuer byte for byte, and only what a first login needs (RS-PRM-01…03, 06…08, 10)', async () => {
    const response = await server.send(METADATA_URL)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({
      resource: 'https://mcp.example.com/mcp',
      authorization_servers: [issuer.issuer],
      scopes_supported: ['mcp:repositories:list', 'mcp:issue:read'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA']),
      resource_name: 'Issues',
    })
    expect(server.guard.metadataUrl).toBe(METADATA_URL)
  })

  it.each([
    { what: 'with a trailing slash', url: `${METADATA_URL}/` },
    { what: 'at the root of the origin', url: `${ORIGIN}/.well-known/oauth-protected-resource` },
    { what: 'at the root with a trailing slash', url: `${ORIGIN}/.well-known/oauth-protected-resource/` },
  ])('is the same $what (RS-PRM-04, RS-PRM-05, T-05)', async ({ url }) => {
    const [there, here] = await Promise.all([server.send(url), server.send(METADATA_URL)])
    expect(await there.json()).toEqual(await here.json())
  })

  it('answers HEAD, and pages of any origin (RS-PRM-05, T-24)', async () => {
    const response = await server.send(METADATA_URL, {
      method: 'HEAD',
      headers: { origin: 'https://anywhere.example' },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.text()).toBe('')
  })

  it('answers preflights with the header that clients send (RS-PRM-05, T-24)', async () => {
    const response = await server.send(METADATA_URL, {
      method: 'OPTIONS',
      headers: { origin: 'https://anywhere.example' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toContain('mcp-protocol-version')
  })

  it('refuses other methods', async () => {
    const response = await server.send(METADATA_URL, { method: 'POST' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('is 404 JSON for another resource of the origin', async () => {
    const response = await server.send(`${ORIGIN}/.well-known/oauth-protected-resource/other`)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: 'not_found' })
  })

  it('is 404 JSON at the root when the origin has several resources (RS-PRM-04, T-02)', async () => {
    const several = await startGuardedServer(issuer, { rootMetadata: false })
    expect((await several.send(`${ORIGIN}/.well-known/oauth-protected-resource`)).status).toBe(404)
    expect((await several.send(`${ORIGIN}/.well-known/oauth-authorization-server`)).status).toBe(404)
    expect((await several.send(METADATA_URL)).status).toBe(200)
  })

  it('lives at the root for a resource without a path, which gets no slash (T-01)', async () => {
    const bare = await startGuardedServer(issuer, { resource: `${ORIGIN}/`, rootMetadata: false })
    const response = await bare.send(`${ORIGIN}/.well-known/oauth-protected-resource`)
    expect(await response.json()).toMatchObject({ resource: ORIGIN })
  })

  it('says nothing about scopes when every valid token may call every tool', async () => {
    const open = await startGuardedServer(issuer, { tools: 'authenticated-only' })
    expect(open.guard.metadata).not.toHaveProperty('scopes_supported')
  })
})

describe('metadata of the issuer at the origin of the resource', () => {
  const MIRROR = `${ORIGIN}/.well-known/oauth-authorization-server`

  it('is not there unless asked for: who probes a resource for an issuer gets 404 JSON', async () => {
    const response = await server.send(MIRROR)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/json')
  })

  it('is there for clients of 2025-03-26, names the real issuer, and says the resource that they do not send (RS-BC-01)', async () => {
    const legacy = await startGuardedServer(issuer, { legacy: true })
    const response = await legacy.send(MIRROR)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      issuer: issuer.issuer,
      jwks_uri: `${issuer.issuer}/keys`,
      authorization_endpoint: `${issuer.issuer}/authorize?resource=https%3A%2F%2Fmcp.example.com%2Fmcp`,
      token_endpoint: `${issuer.issuer}/token`,
    })
  })

  it('keeps what the authorization endpoint has in its query, and replaces a resource of another', async () => {
    const other = await startTestIssuer()
    const document = (endpoint: unknown) => ({
      body: JSON.stringify({
        issuer: other.issuer,
        jwks_uri: `${other.issuer}/keys`,
        authorization_endpoint: endpoint,
      }),
    })
    const endpointIn = async (endpoint: unknown): Promise<unknown> => {
      other.behaviour.metadata = () => document(endpoint)
      const legacy = await startGuardedServer(other, { legacy: true })
      const body: { authorization_endpoint?: unknown } = await (await legacy.send(MIRROR)).json()
      return body.authorization_endpoint
    }
    expect(await endpointIn('https://as.example/authorize?tenant=7&resource=https://evil.example')).toBe(
      'https://as.example/authorize?tenant=7&resource=https%3A%2F%2Fmcp.example.com%2Fmcp',
    )
    expect(await endpointIn('no url')).toBe('no url')
    expect(await endpointIn(undefined)).toBeUndefined()
    await other.close()
  })

  it('is 404 JSON instead of a challenge in the spellings that we do not serve (T-05)', async () => {
    const legacy = await startGuardedServer(issuer, { legacy: true })
    for (const url of [`${ORIGIN}/.well-known/openid-configuration`, `${MIRROR}/mcp`]) {
      const response = await legacy.send(url)
      expect(response.status).toBe(404)
      expect(response.headers.get('content-type')).toBe('application/json')
    }
  })

  it('is 503 while the issuer is away', async () => {
    const alone = await startGuardedServer(issuer, { issuer: 'http://127.0.0.1:9', legacy: true })
    const response = await alone.send(MIRROR)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('2')
  })
})
