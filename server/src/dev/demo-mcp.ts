import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { ISSUES, REPOSITORIES } from './demo-tools.ts'

/** The demo's MCP server. Who may call what is not its business: the guard in front of it has decided. */
export function createDemoMcpServer(): McpServer {
  const server = new McpServer({ name: 'sallyport-demo', version: '0.1.0' })
  server.registerTool(
    'whoami',
    { description: 'Says for whom, through which client and with which scopes this call was made', inputSchema: {} },
    (_input, { authInfo }) => answer(describeCaller(authInfo)),
  )
  server.registerTool(
    'repositories_list',
    { description: 'Lists the repositories', inputSchema: {}, annotations: { readOnlyHint: true } },
    () => answer(REPOSITORIES),
  )
  server.registerTool(
    'issue_read',
    {
      description: 'Reads one issue',
      inputSchema: { number: z.int().describe('Number of the issue, 1 to 3') },
      annotations: { readOnlyHint: true },
    },
    ({ number }) => {
      const issue = ISSUES.get(number)
      return issue === undefined ? refuse(`There is no issue ${number}.`) : answer({ number, ...issue })
    },
  )
  return server
}

function describeCaller(authInfo: AuthInfo | undefined) {
  return { sub: authInfo?.extra?.sub, client_id: authInfo?.clientId, scopes: authInfo?.scopes }
}

function answer(value: unknown): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value, null, 2) }] }
}

function refuse(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true }
}
