import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { protect } from '@sallyport/resource'
import { createSdk1Middleware } from '@sallyport/resource/sdk1'
import express from 'express'
import { TOOLS } from './guarded-server.ts'

export interface Sdk1Server {
  readonly url: string
  /** What each tool saw: everything that the SDK hands to handlers. */
  readonly seen: { authInfo: unknown; headers: unknown }[]
  close(): Promise<void>
}

/**
 * A real MCP server of SDK 1.x on express behind the guard.
 *
 * @param issuer the issuer identifier
 * @param parser whether a body parser stands in front of the guard, as many servers have one
 */
export async function startSdk1Server(issuer: string, parser: 'parser in front' | 'no parser'): Promise<Sdk1Server> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  const seen: Sdk1Server['seen'] = []
  const guard = await protect({ issuer, resource: url, tools: TOOLS, log: () => undefined })
  if (parser === 'parser in front') app.use(express.json())
  app.use(createSdk1Middleware(guard))
  app.all('/mcp', async (req, res) => {
    const transport = new StreamableHTTPServerTransport()
    res.on('close', () => void transport.close())
    await createMcpServer(seen).connect(transport as Parameters<McpServer['connect']>[0])
    await transport.handleRequest(req, res, req.body)
  })
  return { url, seen, close: () => close(server) }
}

function createMcpServer(seen: Sdk1Server['seen']): McpServer {
  const mcp = new McpServer({ name: 'issues', version: '1.0.0' })
  for (const name of ['whoami', 'issue_create', 'branch_delete']) {
    mcp.registerTool(name, { description: name }, (extra) => {
      seen.push({ authInfo: extra.authInfo, headers: extra.requestInfo?.headers })
      return { content: [{ type: 'text', text: `${name} ran` }] }
    })
  }
  return mcp
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
