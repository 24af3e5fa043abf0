import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  auth,
  discoverOAuthServerInfo,
  extractWWWAuthenticateParams,
  type OAuthClientProvider,
} from '@modelcontextprotocol/client'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { query } from '../setup/state.ts'

/** An MCP server that knows nothing of OAuth but this header, set by a proxy in front of it, say. */
interface PlainServer {
  readonly url: string
  close(): Promise<void>
}

async function startPlainServer(metadataUrl: string): Promise<PlainServer> {
  const challenge = { 'WWW-Authenticate': `Bearer resource_metadata="${metadataUrl}"` }
  const http = createServer((request, response) =>
    response.writeHead(request.url === '/mcp' ? 401 : 404, challenge).end(),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    close: () => new Promise((resolve) => http.close(() => resolve())),
  }
}

describe.each([{ path: '' }, { path: '/tenant/eu' }])('an issuer with the path "$path"', ({ path }) => {
  let server: TestServer
  let plain: PlainServer
  const address = (id: string): string => `${server.issuer}/resources/${id}/protected-resource-metadata`
  beforeAll(async () => {
    server = await startTestServer({ path })
    plain = await startPlainServer(address('plain'))
    const resource = { id: 'plain', uri: plain.url, name: 'Plain', aliases: [], tools: TOOLS, source: 'cli' as const }
    await server.store.resources.add({ ...resource, accessTokenSeconds: undefined, ownerClientId: undefined })
  })
  afterAll(async () => {
    await plain.close()
    await server.close()
  })

  it('describes a resource as the resource would describe itself (RS-PRM-01, RS-PRM-02, RS-PRM-06, RS-PRM-07, RS-PRM-08)', async () => {
    const response = await fetch(address('demo'))
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=300'])
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.json()).toEqual({
      resource: RESOURCE,
      authorization_servers: [server.issuer],
      scopes_supported: ['mcp:repositories:list', 'mcp:issue:read'],
      bearer_methods_supported: ['header'],
      resource_name: 'Demo',
    })
  })

  it('names no scope where there is none to ask for', async () => {
    const bare = {
      id: 'bare',
      uri: 'https://bare.example/mcp',
      name: 'Bare',
      aliases: [],
      tools: {},
      source: 'cli' as const,
    }
    const two = await startTestServer({ path })
    await two.store.resources.add({ ...bare, accessTokenSeconds: undefined, ownerClientId: undefined })
    const document = await (await fetch(`${two.issuer}/resources/bare/protected-resource-metadata`)).json()
    expect(document).not.toHaveProperty('scopes_supported')
    await two.close()
  })

  it('writes its own name as its metadata does, byte by byte (RS-PRM-10)', async () => {
    const issued = await (await fetch(`${server.origin}/.well-known/oauth-authorization-server${path}`)).json()
    const { authorization_servers: named } = await (await fetch(address('demo'))).json()
    expect(named).toEqual([issued.issuer])
  })

  it('answers HEAD with the headers alone (RS-PRM-05)', async () => {
    const response = await fetch(address('demo'), { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  })

  it.each(['nobody', '__proto__', '%2e%2e', 'demo%00', 'Demo'])(
    'has no resource %s: 404 in JSON (RS-PRM-04)',
    async (id) => {
      const response = await fetch(address(id))
      expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store'])
      expect(await response.json()).toMatchObject({ error: 'not_found', error_code: 'SALLYPORT_E_NOT_FOUND' })
    },
  )

  it('takes nothing but reading', async () => {
    const response = await fetch(address('demo'), { method: 'POST' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('leads oauth4webapi from the challenge to the issuer (RS-PRM-03, RFC 9728 §3.3)', async () => {
    const challenged = await fetch(plain.url)
    const named = challenged.headers.get('www-authenticate')?.match(/resource_metadata="([^"]+)"/)?.[1] ?? ''
    const found = await oauth.processResourceDiscoveryResponse(new URL(plain.url), await fetch(named))
    expect(found).toMatchObject({ resource: plain.url, authorization_servers: [server.issuer] })
    await expect(
      oauth.processResourceDiscoveryResponse(new URL(`${plain.url}/other`), await fetch(named)),
    ).rejects.toThrow()
  })

  it('leads the MCP SDK 2.x from the challenge to the page where a person decides (RS-PRM-03)', async () => {
    const { resourceMetadataUrl } = extractWWWAuthenticateParams(await fetch(plain.url))
    if (resourceMetadataUrl === undefined) throw new Error('the challenge names no metadata')
    const found = await discoverOAuthServerInfo(plain.url, { resourceMetadataUrl })
    expect(found).toMatchObject({
      authorizationServerUrl: server.issuer,
      resourceMetadata: { resource: plain.url },
      authorizationServerMetadata: { issuer: server.issuer },
    })
    const client = createClient()
    expect(await auth(client.provider, { serverUrl: plain.url, resourceMetadataUrl })).toBe('REDIRECT')
    const { origin, pathname, searchParams } = client.sentTo()
    expect(origin + pathname).toBe(`${server.issuer}/authorize`)
    expect(searchParams.get('resource')).toBe(plain.url)
    expect(searchParams.get('scope')?.split(' ')).toEqual(['mcp:repositories:list', 'mcp:issue:read'])
  })
})

/** A client on the SDK that keeps everything in memory and writes down where it would have sent the person. */
function createClient(): { provider: OAuthClientProvider; sentTo(): URL } {
  let sentTo = new URL('about:blank')
  const kept: Record<string, unknown> = {}
  const redirectUrl = 'http://127.0.0.1:51234/callback'
  const provider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata: { client_name: 'Plain client', redirect_uris: [redirectUrl], token_endpoint_auth_method: 'none' },
    clientInformation: () => kept.client as ReturnType<OAuthClientProvider['clientInformation']>,
    saveClientInformation: (client) => void Object.assign(kept, { client }),
    tokens: () => undefined,
    saveTokens: () => undefined,
    codeVerifier: () => String(kept.verifier),
    saveCodeVerifier: (verifier) => void Object.assign(kept, { verifier }),
    redirectToAuthorization: (url) => {
      sentTo = url
    },
  }
  return { provider, sentTo: () => sentTo }
}

describe('a resource that is reached by token exchange alone', () => {
  it('has no document: nobody can be authorized for it, and no client is sent to find that out', async () => {
    const server = await startTestServer()
    await query(server, `UPDATE resources SET exchange_only = true WHERE id = 'demo'`)
    const response = await fetch(`${server.issuer}/resources/demo/protected-resource-metadata`)
    expect(response.status).toBe(404)
    await server.close()
  })
})
