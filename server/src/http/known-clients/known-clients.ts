/** A client in service, as others can look it up. */
export interface ListedClient {
  /** `client_name` of its document. */
  readonly name: string
  /** Where the document lies, which is its client id. */
  readonly documentUrl: string
  /** `redirect_uris` of the document; the port of http on loopback is left out. */
  readonly redirectUris: readonly string[]
  /** Where this was read. */
  readonly source: string
  /** When it was read, as YYYY-MM-DD. */
  readonly read: string
}

/** The list that comes with the server. */
export const KNOWN_CLIENTS: readonly ListedClient[] = [
  {
    name: 'Claude',
    documentUrl: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    redirectUris: ['https://claude.ai/api/mcp/auth_callback'],
    source: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    read: '2026-11-26',
  },
  {
    name: 'Claude Code',
    documentUrl: 'https://claude.ai/oauth/claude-code-client-metadata',
    redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    source: 'https://claude.ai/oauth/claude-code-client-metadata',
    read: '2026-11-26',
  },
  {
    name: 'ChatGPT',
    documentUrl: 'https://chatgpt.com/oauth/client.json',
    redirectUris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    source: 'https://chatgpt.com/oauth/client.json',
    read: '2026-11-26',
  },
  {
    name: 'Codex',
    documentUrl: 'https://chatgpt.com/oauth/codex/client.json',
    redirectUris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    source: 'https://learn.chatgpt.com/docs/extend/mcp?surface=cli',
    read: '2026-11-26',
  },
  {
    name: 'Visual Studio Code',
    documentUrl: 'https://vscode.dev/oauth/client-metadata.json',
    redirectUris: ['http://127.0.0.1/', 'https://vscode.dev/redirect'],
    source: 'https://vscode.dev/oauth/client-metadata.json',
    read: '2026-11-26',
  },
  {
    name: 'GitHub Copilot CLI',
    documentUrl: 'https://github.com/copilot/cli/client-metadata.json',
    redirectUris: ['http://127.0.0.1/'],
    source: 'https://github.com/github/copilot-cli/issues/4901',
    read: '2026-11-26',
  },
  {
    name: 'opencode',
    documentUrl: 'https://opencode.ai/oauth/opencode/client.json',
    redirectUris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    source: 'https://github.com/anomalyco/opencode/pull/47737',
    read: '2026-11-26',
  },
]
