import { styleText } from 'node:util'
import { DEMO_USERS } from './demo-users.ts'

/** What the summary speaks of. */
export interface StartedParts {
  readonly issuer: string
  readonly demoUrl: string
  readonly downstreamUrl: string
  /** Base URL of the health checks and the metrics. */
  readonly managementUrl: string
  /** Where the data is kept, in words. */
  readonly database: string
  readonly dataDir: string
  /** Password of the demo users in the clear: this text exists to show it. */
  readonly demoPassword: string
}

/** Wide enough for the longest label. */
const LABEL_WIDTH = 22

/** The text of a development start: where everything is, who can sign in, and what to paste next. */
export function formatStartSummary(parts: StartedParts): string {
  const people = DEMO_USERS.map(({ login, role }) => `${login} (${role})`).join(' or ')
  const rows = [
    ['Authorization server', parts.issuer],
    ['Metadata', `${parts.issuer}/.well-known/oauth-authorization-server`],
    ['Demo MCP server', parts.demoUrl],
    ['Demo downstream API', `${parts.downstreamUrl} (takes its own tokens alone)`],
    ['Health, metrics', `${parts.managementUrl}/readyz, /metrics`],
    ['Database', parts.database],
    ['Sign in as', `${people}, password ${styleText('bold', parts.demoPassword)}`],
  ] as const
  return [
    `${styleText('bold', 'Sallyport')} on Node ${process.versions.node}`,
    styleText('yellow', `development: http on loopback, generated secrets in ${parts.dataDir}`),
    '',
    ...rows.map(([label, value]) => `  ${label.padEnd(LABEL_WIDTH)} ${value}`),
    '',
    'Connect a client, in another terminal:',
    ...connectCommands(parts.demoUrl).map((command) => `  ${command}`),
    '',
    'Protect a server of your own (resources/examples goes on from there):',
    ...PROTECT_COMMANDS.map((command) => `  ${command}`),
    '',
    'Ctrl-C stops everything; the data stays.',
    '',
  ].join('\n')
}

const FIRST_EXAMPLE = 'resources/examples/01-protect-a-server'

const PROTECT_COMMANDS = [
  `npm run sallyport -- resource add --id bookshop --uri http://127.0.0.1:9411/mcp --name Bookshop --tools ${FIRST_EXAMPLE}/tools.yaml --no-client`,
  `npm run example ${FIRST_EXAMPLE}/server.ts`,
]

function connectCommands(url: string): readonly string[] {
  const codeEntry = JSON.stringify({ name: 'sallyport-demo', type: 'http', url })
  return [
    `claude mcp add --transport http sallyport-demo ${url}`,
    `code --add-mcp '${codeEntry}'`,
    `npx @modelcontextprotocol/inspector@2 --cli --server-url ${url} --transport http --method tools/list`,
    `npx mcp-remote@0.15.1 ${url}`,
  ]
}
