import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import {
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import express from 'express'
import { z } from 'zod'
import { createVerifier, fetchIssuerMetadata } from './access-tokens.ts'

const issuer = process.env.ISSUER ?? 'http://127.0.0.1:9400'
const port = Number(process.env.PORT ?? 9421)
// As clients type it: it is the audience of the tokens, and where the metadata is.
const resource = new URL(process.env.RESOURCE ?? `http://127.0.0.1:${port}/mcp`)
const metadataUrl = getOAuthProtectedResourceMetadataUrl(resource)

const BASE_SCOPE = 'notes:read'
/** What a call needs besides the base. */
const SCOPES: ReadonlyMap<unknown, readonly string[]> = new Map([['note_add', [BASE_SCOPE, 'notes:write']]])

const notes: string[] = []
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })

/** One for each request: nothing outlives the token that it came with. */
function createNotes(): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  server.registerTool('note_list', { description: 'Lists the notes', annotations: { readOnlyHint: true } }, () =>
    text(notes.join('\n')),
  )
  server.registerTool('note_add', { description: 'Adds a note', inputSchema: { note: z.string() } }, ({ note }) =>
    text(`${notes.push(note)} notes`),
  )
  return server
}

/** The SDK knows scopes of the whole endpoint alone, so that the call is looked at before it is handed on. */
const stepUp: express.RequestHandler = (req, res, next) => {
  const calls = [req.body].flat().filter((message) => message?.method === 'tools/call')
  const needed = calls.flatMap(({ params }) => SCOPES.get(params?.name) ?? [])
  const missing = needed.filter((scope) => !req.auth?.scopes.includes(scope))
  if (missing.length === 0) return next()
  const challenge = `Bearer error="insufficient_scope", scope="${[...new Set(needed)].join(' ')}", resource_metadata="${metadataUrl}"`
  res.status(403).set('www-authenticate', challenge).json({ error: 'insufficient_scope' })
}

const refuseStrangers: express.RequestHandler = ({ headers }, res, next) => {
  if (headers.host === resource.host && (headers.origin ?? resource.origin) === resource.origin) return next()
  res.status(403).json({ error: 'forbidden' })
}

const oauthMetadata = await fetchIssuerMetadata(issuer)
const auth = requireBearerAuth({
  verifier: {
    verifyAccessToken: createVerifier(oauthMetadata, resource, (message) => new InvalidTokenError(message)),
  },
  requiredScopes: [BASE_SCOPE],
  expectedResource: resource,
  resourceMetadataUrl: metadataUrl,
})
const app = express()
app.use(
  mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource, scopesSupported: [BASE_SCOPE, 'notes:write'] }),
)
app.use(resource.pathname, refuseStrangers, auth)
app.post(resource.pathname, express.json(), stepUp, async (req, res) => {
  const transport = new StreamableHTTPServerTransport()
  const server = createNotes()
  res.on('close', () => void server.close())
  await server.connect(transport as Parameters<McpServer['connect']>[0])
  await transport.handleRequest(req, res, req.body)
})
// Without sessions there is nothing to listen to and nothing to end.
app.all(resource.pathname, (_, res) => void res.status(405).set('allow', 'POST').end())
app.listen(port, '127.0.0.1', () => console.log(`Notes: ${resource}`))
