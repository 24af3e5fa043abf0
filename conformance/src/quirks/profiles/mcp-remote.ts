import type { ClientProfile } from '../profile.ts'

export const mcpRemote: ClientProfile = {
  id: 'mcp-remote',
  name: 'mcp-remote',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://www.npmjs.com/package/mcp-remote/v/0.15.1',
      says: 'its code: members of its registration, its port, the scopes that it asks for where nobody names any, that it registers anew for another port, and where the authorization endpoint answers in JSON that its registration is gone; a refresh repeats the scopes that were granted; calls of one process share a refresh; the rest is SDK 2',
    },
    {
      url: 'https://github.com/punkpeye/mcp-remote/issues/184',
      says: 'the method of its registration is the first of none, post and basic that the metadata lists',
    },
  ],
  differs:
    'Registers with software_id and software_version, for one port that it derives from the URL of the MCP server, and anew for another. Asks for openid, email and profile where nobody names a scope; a refresh names the granted scopes. Asks the authorization endpoint for JSON before it sends its person with a registration that it kept. A document only where it is told of one.',
  unknown: ['what two of its processes do that share one stored refresh token'],
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
        client_name: 'MCP CLI Proxy',
        client_uri: 'https://github.com/modelcontextprotocol/mcp-cli',
        software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d',
        software_version: '0.15.1',
        scope: '{scope}',
        application_type: 'native',
      },
      redirect: { kind: 'loopback', host: 'localhost', path: '/oauth/callback' },
    },
  ],
  scope: { asks: 'resource', otherwise: 'openid email profile', offlineAccess: 'if-listed', prompts: true },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: true },
  checksIss: true,
  refreshScope: 'granted',
  refreshesTogether: false,
  stepUp: { asks: 'union', refreshesFirst: false },
  registersForEachPort: true,
}
