import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { DemoWorld } from './demo-world.ts'

/** What a tool that leaves the machine or the server comes back with. */
export type DemoAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

/** What the tools work with. */
export interface DemoMcpDeps {
  readonly world: DemoWorld
  /** Fetches a page for url_fetch. */
  readonly fetchPage: (url: string) => Promise<DemoAnswer>
  /** Asks the downstream API for the caller, with a token of the demo's own. */
  readonly readDownstream: (caller: AuthInfo) => Promise<DemoAnswer>
}

/** Longer names and titles are no names and titles. */
const MAX_TEXT_LENGTH = 200
/** No URL that a browser would take is longer by much. */
const MAX_URL_LENGTH = 2_000

const READ_ONLY = { readOnlyHint: true }

const text = (description: string, max: number) => z.string().min(1).max(max).describe(description)

/** The demo's MCP server. Who may call what is not its business: the guard in front of it has decided. */
export function createDemoMcpServer(deps: DemoMcpDeps): McpServer {
  const server = new McpServer({ name: 'sallyport-demo', version: '0.1.0' })
  registerReadingTools(server, deps)
  registerChangingTools(server, deps.world)
  registerReachingTools(server, deps)
  return server
}

function registerReadingTools(server: McpServer, { world }: DemoMcpDeps): void {
  server.registerTool(
    'whoami',
    { description: 'Says for whom, through which client and with which scopes this call was made', inputSchema: {} },
    (_input, { authInfo }) => answer(describeCaller(authInfo)),
  )
  server.registerTool(
    'repositories_list',
    { description: 'Lists the repositories', inputSchema: {}, annotations: READ_ONLY },
    () => answer(world.repositories),
  )
  server.registerTool(
    'issue_read',
    {
      description: 'Reads one issue',
      inputSchema: { number: z.int().describe('Number of the issue; 1 to 3 are there from the start') },
      annotations: READ_ONLY,
    },
    ({ number }) => {
      const issue = world.readIssue(number)
      return issue === undefined ? refuse(`There is no issue ${number}.`) : answer({ number, ...issue })
    },
  )
}

function registerChangingTools(server: McpServer, world: DemoWorld): void {
  server.registerTool(
    'issue_create',
    {
      description: 'Creates an issue',
      inputSchema: { title: text('Title of the issue', MAX_TEXT_LENGTH) },
      annotations: { readOnlyHint: false, destructiveHint: false },
    },
    ({ title }) => {
      const number = world.createIssue(title)
      return number === undefined ? refuse('There are too many issues.') : answer({ number, title, state: 'open' })
    },
  )
  server.registerTool(
    'branch_delete',
    {
      description: 'Deletes a branch for good',
      inputSchema: { name: text('Name of the branch', MAX_TEXT_LENGTH) },
      annotations: { readOnlyHint: false, destructiveHint: true },
    },
    ({ name }) => (world.deleteBranch(name) ? answer({ deleted: name }) : refuse(`There is no branch "${name}".`)),
  )
  server.registerTool(
    'secret_rotate',
    {
      description: 'Replaces a secret by a new version of it',
      inputSchema: { name: text('Name of the secret', MAX_TEXT_LENGTH) },
      annotations: { readOnlyHint: false, destructiveHint: true },
    },
    ({ name }) => {
      const version = world.rotateSecret(name)
      return version === undefined ? refuse(`There is no secret "${name}".`) : answer({ name, version })
    },
  )
}

function registerReachingTools(server: McpServer, { fetchPage, readDownstream }: DemoMcpDeps): void {
  server.registerTool(
    'url_fetch',
    {
      description: 'Fetches a page from one of the few sites that it may reach',
      inputSchema: { url: text('Address of the page', MAX_URL_LENGTH) },
      annotations: { ...READ_ONLY, openWorldHint: true },
    },
    async ({ url }) => toResult(await fetchPage(url)),
  )
  server.registerTool(
    'downstream_read',
    {
      description: 'Reads from the downstream API for the caller and says which credential arrived there',
      inputSchema: {},
      annotations: READ_ONLY,
    },
    async (_input, { authInfo }) =>
      authInfo === undefined ? refuse('Nobody is signed in.') : toResult(await readDownstream(authInfo)),
  )
}

function describeCaller(authInfo: AuthInfo | undefined) {
  return { sub: authInfo?.extra?.sub, client_id: authInfo?.clientId, scopes: authInfo?.scopes }
}

function toResult(outcome: DemoAnswer): CallToolResult {
  return outcome.ok ? answer(outcome.value) : refuse(outcome.reason)
}

function answer(value: unknown): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value, null, 2) }] }
}

function refuse(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true }
}
