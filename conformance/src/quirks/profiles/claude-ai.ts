import type { ClientProfile } from '../profile.ts'

const CODE_AND_REFRESH = ['authorization_code', 'refresh_token']
const CALLBACK = { kind: 'hosted', uri: 'https://claude.ai/api/mcp/auth_callback' } as const

/** Claude in the browser: its connectors run in Anthropic's own backend. */
export const claudeAi: ClientProfile = {
  id: 'claude-ai',
  name: 'Claude.ai',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      says: 'the document, as several projects fetched it between 2026-08-03 and 2026-09-29',
    },
    {
      url: 'https://claude.com/docs/connectors/building/authentication',
      says: 'as others quote it: documents where `none` is listed; `resource` on authorization and token requests; `offline_access` where it is listed; order of discovery; a step-up asks for both sets',
    },
    {
      url: 'https://github.com/anthropics/claude-ai-mcp/issues/1043',
      says: 'its registration wants client_secret_post (2026-09-15)',
    },
    {
      url: 'https://github.com/anthropics/claude-ai-mcp/issues/667',
      says: 'a secret is sent in the body, whatever the metadata lists (2026-07-22)',
    },
    { url: 'https://github.com/brendanlong/lion-reader/issues/975', says: 'registers anew on every connection' },
    { url: 'https://github.com/PrefectHQ/fastmcp/issues/4264', says: 'refreshes from two addresses at once' },
  ],
  differs:
    'A hosted redirect URI. Its document lists a grant that few servers have; where documents are not taken it registers with a secret, once for each connection.',
  unknown: [
    'whether a refresh names the resource',
    'members of its registration beyond those replayed',
    'whether it compares the issuer, in metadata and in answers',
  ],
  discovery: { order: ['oauth-inserted', 'openid-inserted'], comparesIssuer: false },
  identities: [
    {
      way: 'document',
      needs: ['documents', 'none-listed'],
      url: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      members: {
        client_name: 'Claude',
        client_uri: 'https://claude.ai',
        redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
        grant_types: [...CODE_AND_REFRESH, 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      redirect: CALLBACK,
      proofs: ['none'],
    },
    {
      way: 'registration',
      needs: [],
      metadata: {
        client_name: 'Claude',
        redirect_uris: ['{redirect}'],
        grant_types: CODE_AND_REFRESH,
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      redirect: CALLBACK,
    },
  ],
  scope: { asks: 'resource', offlineAccess: 'if-listed', prompts: false },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: undefined },
  checksIss: false,
  refreshScope: 'none',
  refreshesTogether: true,
  stepUp: { asks: 'union', refreshesFirst: false },
  registersForEachPort: false,
}
