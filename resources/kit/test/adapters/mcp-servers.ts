import type { ServerResponse } from 'node:http'
import { McpServer as Sdk1Server } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, type McpHttpHandler, McpServer as Sdk2Server } from '@modelcontextprotocol/server'
import type { GuardedRequest } from '@sallyport/resource/node'
import { TOOLS } from '../setup/guarded-server.ts'

/** What the server behind an adapter saw of a request. */
export interface Seen {
  /** What the framework shows of the request's headers, in all its shapes. */
  headers: unknown[]
  /** What the SDK hands to the tool, once a tool ran. */
  authInfo?: unknown
  tool?: string
}

const answer = (name: string) => ({ content: [{ type: 'text' as const, text: `${name} ran` }] })

/** A server of SDK 2.x with the tools of the tools file, of which it enforces nothing itself. */
export function createSdk2Mcp(seen: Seen[]): McpHttpHandler {
  return createMcpHandler(() => {
    const server = new Sdk2Server({ name: 'issues', version: '1.0.0' })
    for (const name of Object.keys(TOOLS.tools)) {
      server.registerTool(name, { description: name }, ({ http }) => {
        seen.push({ headers: [http?.req?.headers], authInfo: http?.authInfo, tool: name })
        return answer(name)
      })
    }
    return server
  })
}

/** The same of SDK 1.x, one server and transport for each request. */
export function createSdk1Mcp(seen: Seen[]): (req: GuardedRequest, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    const server = new Sdk1Server({ name: 'issues', version: '1.0.0' })
    for (const name of Object.keys(TOOLS.tools)) {
      server.registerTool(name, { description: name }, ({ authInfo, requestInfo }) => {
        seen.push({ headers: [requestInfo?.headers], authInfo, tool: name })
        return answer(name)
      })
    }
    const transport = new StreamableHTTPServerTransport()
    res.on('close', () => void server.close())
    await server.connect(transport as Parameters<Sdk1Server['connect']>[0])
    await transport.handleRequest(req, res, req.body)
  }
}
