import type { ClientProfile } from '../profile.ts'

const CODE_AND_REFRESH = ['authorization_code', 'refresh_token']
/** Of all that a document of Codex says, only its address and redirect URIs differ. */
const MEMBERS = {
  client_name: 'Codex',
  client_uri: 'https://chatgpt.com/codex',
  application_type: 'native',
  grant_types: CODE_AND_REFRESH,
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  token_endpoint_auth_methods_supported: ['none'],
}
const OF_THIS_SERVER = { kind: 'loopback', host: '127.0.0.1', path: '/callback/{server}' } as const

export const codex: ClientProfile = {
  id: 'codex',
  name: 'Codex',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://learn.chatgpt.com/docs/extend/mcp?surface=cli',
      says: 'as others quote it: documents where `none` is listed, one for all where `iss` is promised, else one for each MCP server; the port is chosen at sign-in',
    },
    {
      url: 'https://github.com/openai/codex/blob/18b3cfcb60746d54e5d90bb105d363d7ace1d254/codex-rs/rmcp-client/src/perform_oauth_login.rs',
      says: 'the path of the redirect URI ends with twelve characters of a hash of the URL of the MCP server',
    },
    {
      url: 'https://github.com/modelcontextprotocol/rust-sdk/blob/4a738b9d/crates/rmcp/src/transport/auth.rs',
      says: 'members of its registration, order of discovery, offline_access where it is listed',
    },
    {
      url: 'https://github.com/openai/codex/issues/35253',
      says: 'asks for what the authorization server lists, not for what the resource does',
    },
    { url: 'https://github.com/openai/codex/issues/33403', says: 'a refresh leaves the resource out (2026-07-15)' },
  ],
  differs:
    'A path that ends with a hash of the URL of the MCP server, on any port. Asks for every scope that the authorization server lists. A refresh leaves `resource` out.',
  unknown: [
    'whether it names scopes at a refresh',
    'whether it refreshes several times at once',
    'what it does when a scope is missing',
  ],
  discovery: {
    order: ['oauth-inserted', 'openid-inserted', 'openid-appended', 'oauth-at-root'],
    comparesIssuer: true,
  },
  identities: [
    {
      way: 'document',
      needs: ['documents', 'none-listed', 'iss-promised'],
      url: 'https://chatgpt.com/oauth/codex/client.json',
      members: { ...MEMBERS, redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'] },
      redirect: { kind: 'loopback', host: '127.0.0.1', path: '/callback' },
      proofs: ['none'],
    },
    {
      way: 'document',
      needs: ['documents', 'none-listed', 'iss-unpromised'],
      url: 'https://chatgpt.com/oauth/codex/{server}/client.json',
      members: { ...MEMBERS, redirect_uris: ['http://127.0.0.1/callback/{server}'] },
      redirect: OF_THIS_SERVER,
      proofs: ['none'],
    },
    {
      way: 'registration',
      needs: [],
      metadata: {
        client_name: 'Codex',
        redirect_uris: ['{redirect}'],
        grant_types: CODE_AND_REFRESH,
        token_endpoint_auth_method: 'none',
        response_types: ['code'],
        application_type: 'native',
      },
      redirect: OF_THIS_SERVER,
    },
  ],
  scope: { asks: 'server', offlineAccess: 'if-listed', prompts: false },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: false },
  checksIss: true,
  refreshScope: 'none',
  refreshesTogether: false,
  stepUp: undefined,
  registersForEachPort: false,
}
