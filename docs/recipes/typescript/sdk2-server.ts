import {
  getOAuthProtectedResourceMetadataUrl,
  hostHeaderValidation,
  mcpAuthMetadataRouter,
  originValidation,
  requireBearerAuth,
} from '@modelcontextprotocol/express'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer, OAuthError, OAuthErrorCode, requireScopes } from '@modelcontextprotocol/server'
import express from 'express'
import { z } from 'zod'
import { createVerifier, fetchIssuerMetadata } from './access-tokens.ts'

const issuer = process.env.ISSUER ?? 'http://127.0.0.1:9400'
const port = Number(process.env.PORT ?? 9422)
// As clients type it: it is the audience of the tokens, and where the metadata is.
const resource = new URL(process.env.RESOURCE ?? `http://127.0.0.1:${port}/mcp`)

const notes: string[] = []
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  server.registerTool('note_list', { description: 'Lists the notes', annotations: { readOnlyHint: true } }, () =>
    text(notes.join('\n')),
  )
  server.registerTool(
    'note_add',
    {
      description: 'Adds a note',
      inputSchema: z.object({ note: z.string() }),
      // What the client asks for next is exactly this: name all that the call needs, not only what is new.
      scopeChallenge: requireScopes('notes:read', 'notes:write'),
    },
    ({ note }) => text(`${notes.push(note)} notes`),
  )
  return server
})

const oauthMetadata = await fetchIssuerMetadata(issuer)
const refusal = (message: string): Error => new OAuthError(OAuthErrorCode.InvalidToken, message)
const app = express()
// Before the origins are looked at: metadata is for pages of any origin.
app.use(
  mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource, scopesSupported: ['notes:read', 'notes:write'] }),
)
const mcp = toNodeHandler(handler)
app.all(
  resource.pathname,
  hostHeaderValidation([resource.hostname]),
  originValidation([resource.hostname]),
  requireBearerAuth({
    verifier: { verifyAccessToken: createVerifier(oauthMetadata, resource, refusal) },
    requiredScopes: ['notes:read'],
    expectedResource: resource,
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
  }),
  express.json(),
  (req, res) => void mcp(req, res, req.body),
)
app.listen(port, '127.0.0.1', () => console.log(`Notes: ${resource}`))
