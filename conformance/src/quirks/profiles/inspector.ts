import type { ClientProfile } from '../profile.ts'

export const inspector: ClientProfile = {
  id: 'inspector',
  name: 'MCP Inspector',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://github.com/modelcontextprotocol/inspector/blob/86d5f58e/core/auth/providers.ts',
      says: 'members of its registration: a scope that may be empty, and application_type native',
    },
    {
      url: 'https://github.com/modelcontextprotocol/inspector/blob/86d5f58e/clients/tui/README.md',
      says: 'redirect URIs of its web, text and command line forms, each on a port of its own',
    },
    {
      url: 'https://github.com/modelcontextprotocol/inspector/blob/86d5f58e/core/auth/scopes.ts',
      says: 'a step-up asks for the union; the rest is SDK 2',
    },
    {
      url: 'https://www.npmjs.com/package/@modelcontextprotocol/inspector/v/2.12.0',
      says: 'its code, run: the command line acts on a missing scope only where it was given a client',
    },
  ],
  differs:
    'Registers with an empty scope. The web form asks from a page, so CORS counts, which this replay does not try. A document only where it is told of one. Its command line steps up only where it is told of a client, by id or by document; else it refreshes, and gives up.',
  unknown: ['whether it refreshes several times at once'],
  discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: true },
  identities: [
    {
      way: 'registration',
      needs: [],
      metadata: {
        redirect_uris: ['{redirect}'],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        client_name: 'MCP Inspector',
        client_uri: 'https://github.com/modelcontextprotocol/inspector',
        scope: '',
        application_type: 'native',
      },
      redirect: { kind: 'loopback', host: 'localhost', path: '/oauth/callback', port: 6274 },
    },
  ],
  scope: { asks: 'resource', offlineAccess: 'if-listed', prompts: true },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: true },
  checksIss: true,
  refreshScope: 'none',
  refreshesTogether: false,
  stepUp: { asks: 'union', refreshesFirst: false },
  registersForEachPort: false,
}
