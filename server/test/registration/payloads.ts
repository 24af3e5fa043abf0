/** What clients in use send to a registration endpoint, and where they then want their answer. */
export interface RecordedClient {
  readonly client: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly redirectUri: string
}

const CODE_AND_REFRESH = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }

export const RECORDED_CLIENTS: readonly RecordedClient[] = [
  {
    client: 'Claude Code',
    payload: {
      client_name: 'Claude Code (demo)',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'http://localhost:51353/callback',
  },
  {
    client: 'Claude, with a secret in the body',
    payload: {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'claudeai',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  },
  {
    client: 'ChatGPT',
    payload: {
      client_name: 'ChatGPT',
      redirect_uris: ['https://chatgpt.com/connector/oauth/abc123'],
      token_endpoint_auth_method: 'none',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'https://chatgpt.com/connector/oauth/abc123',
  },
  {
    client: 'Cursor, which calls itself a web application',
    payload: {
      client_name: 'Cursor',
      application_type: 'web',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'http://localhost:8787/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
      ],
      token_endpoint_auth_method: 'none',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'cursor://anysphere.cursor-mcp/oauth/callback',
  },
  {
    client: 'VS Code',
    payload: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      scope: 'mcp:repositories:list mcp:issue:read',
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://127.0.0.1:49821/',
  },
  {
    client: 'an application on the MCP SDK 1.x, which sends the scope of its first challenge',
    payload: {
      client_name: 'My agent',
      redirect_uris: ['http://localhost:8090/callback'],
      scope: 'mcp:repositories:list mcp:issue:read',
      token_endpoint_auth_method: 'client_secret_post',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'http://localhost:8090/callback',
  },
  {
    client: 'Inspector',
    payload: {
      client_name: 'MCP Inspector',
      client_uri: 'https://github.com/modelcontextprotocol/inspector',
      redirect_uris: ['http://localhost:6274/oauth/callback', 'http://localhost:6274/oauth/callback/debug'],
      scope: '',
      token_endpoint_auth_method: 'none',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'http://localhost:6274/oauth/callback/debug',
  },
  {
    client: 'mcp-remote',
    payload: {
      client_name: 'MCP CLI Proxy',
      client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
      redirect_uris: ['http://localhost:3335/oauth/callback'],
      software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d',
      software_version: '0.15.1',
      token_endpoint_auth_method: 'none',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'http://localhost:49150/oauth/callback',
  },
  {
    client: 'Codex',
    payload: {
      client_name: 'Codex',
      redirect_uris: ['http://127.0.0.1:1455/callback/8f2c'],
      token_endpoint_auth_method: 'none',
      ...CODE_AND_REFRESH,
    },
    redirectUri: 'http://127.0.0.1:61000/callback/8f2c',
  },
  {
    client: 'one that fills in what it does not have',
    payload: {
      client_name: '',
      client_uri: '',
      logo_uri: '',
      tos_uri: null,
      policy_uri: '',
      contacts: [],
      jwks_uri: '',
      scope: null,
      redirect_uris: ['http://localhost:7777/oauth/callback'],
      token_endpoint_auth_method: 'none',
    },
    redirectUri: 'http://localhost:7777/oauth/callback',
  },
  {
    client: 'one that says nothing but where it listens',
    payload: { redirect_uris: ['https://app.example/callback'] },
    redirectUri: 'https://app.example/callback',
  },
]
