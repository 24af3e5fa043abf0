import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import {
  discoverAuthorizationServerMetadata,
  exchangeAuthorization,
  refreshAuthorization,
  registerClient,
  startAuthorization,
} from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { protect } from '@sallyport/resource'
import { createNodeHandler } from '@sallyport/resource/node'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, REDIRECT } from '../setup/flow.ts'
import { freePort } from './free-port.ts'

const TOOLS = {
  scopes: { 'mcp:note:read': { class: 'read', description: 'Read notes' } },
  tools: { note_read: { scopes: ['mcp:note:read'] } },
}

let server: TestServer
let mcp: Server
let origin: string

beforeAll(async () => {
  server = await startTestServer()
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  // Next to the resource that every test server has: with two of them, none is what a request without `resource` means.
  const resource = { id: 'notes', uri: `${origin}/mcp`, name: 'Notes', aliases: [], tools: TOOLS }
  await server.store.resources.put({ ...resource, accessTokenSeconds: undefined, source: 'settings' })
  mcp = await startNotes(port)
})
afterAll(async () => {
  mcp.close()
  await server.close()
})

async function startNotes(port: number): Promise<Server> {
  const guard = await protect({ issuer: server.issuer, resource: `${origin}/mcp`, tools: TOOLS, legacy: true })
  const handler = toNodeHandler(
    createMcpHandler(() => {
      const notes = new McpServer({ name: 'notes', version: '1.0.0' })
      notes.registerTool('note_read', { description: 'Reads the note' }, () => ({
        content: [{ type: 'text', text: 'the note' }],
      }))
      return notes
    }),
  )
  const listening = createServer(createNodeHandler(guard, (req, res) => handler(req, res, req.body)))
  listening.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  return listening
}

/** What a client of that revision does: the origin of the MCP server is all it knows, and `resource` is unheard of. */
async function signIn(): Promise<{ tokens: OAuthTokens; refresh(): Promise<OAuthTokens> }> {
  const metadata = await discoverAuthorizationServerMetadata(origin)
  if (metadata === undefined) throw new Error('the origin of the MCP server has no metadata of an issuer')
  const clientMetadata = { client_name: 'Old client', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }
  const clientInformation = await registerClient(origin, { metadata, clientMetadata })
  const start = await startAuthorization(origin, { metadata, clientInformation, redirectUrl: REDIRECT })
  const { code } = await approve(server, { url: start.authorizationUrl.href })
  const tokens = await exchangeAuthorization(origin, {
    metadata,
    clientInformation,
    authorizationCode: code,
    codeVerifier: start.codeVerifier,
    redirectUri: REDIRECT,
  })
  const refreshToken = tokens.refresh_token ?? ''
  return { tokens, refresh: () => refreshAuthorization(origin, { metadata, clientInformation, refreshToken }) }
}

describe('a client of revision 2025-03-26 at a server with legacy: true', () => {
  it('gets a token for this server, though it never said which one it wants (RS-BC-01, AS-RES-06)', async () => {
    const { tokens, refresh } = await signIn()
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: `${origin}/mcp`, iss: server.issuer })
    const response = await fetch(`${origin}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.access_token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'note_read' } }),
    })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('the note')
    expect(decodeJwt((await refresh()).access_token).aud).toBe(`${origin}/mcp`)
  })

  it('would get none without the parameter that the mirrored metadata carries (AS-RES-02)', async () => {
    const metadata = await discoverAuthorizationServerMetadata(server.issuer)
    if (metadata === undefined) throw new Error('the issuer has no metadata')
    const clientMetadata = { client_name: 'Old client', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }
    const clientInformation = await registerClient(server.issuer, { metadata, clientMetadata })
    const { authorizationUrl } = await startAuthorization(server.issuer, {
      metadata,
      clientInformation,
      redirectUrl: REDIRECT,
    })
    expect(authorizationUrl.searchParams.has('resource')).toBe(false)
    const response = await fetch(authorizationUrl, { redirect: 'manual' })
    expect(`${response.headers.get('location')} ${await response.text()}`).toContain('invalid_target')
  })
})
