import type { ClientProfile } from '../profile.ts'

export const goSdk: ClientProfile = {
  id: 'go-sdk',
  name: 'Go SDK',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://github.com/modelcontextprotocol/go-sdk/blob/3d6450f/auth/authorization_code.go',
      says: 'parameters of each request; refreshes are those of golang.org/x/oauth2, which cannot add a parameter; scopes are united; `iss` is compared',
    },
    {
      url: 'https://github.com/modelcontextprotocol/go-sdk/blob/3d6450f/examples/auth/client/main.go',
      says: 'members of the registration, and a redirect URI without a path',
    },
    {
      url: 'https://github.com/modelcontextprotocol/go-sdk/blob/3d6450f/auth/shared.go',
      says: 'order of discovery',
    },
    {
      url: 'https://github.com/modelcontextprotocol/go-sdk/blob/3d6450f/oauthex/auth_meta.go',
      says: 'the issuer is compared, and metadata without PKCE is turned away',
    },
  ],
  differs:
    'A refresh never names the resource. Its example registers a redirect URI without a path, and says neither which grants it uses nor how it authenticates, so it gets a secret.',
  unknown: ['whether it refreshes several times at once: x/oauth2 holds a lock within one process'],
  discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: true },
  identities: [
    {
      way: 'registration',
      needs: [],
      metadata: {
        client_name: 'Dynamically registered MCP client',
        redirect_uris: ['{redirect}'],
        scope: '{scope}',
        application_type: 'native',
      },
      redirect: { kind: 'loopback', host: 'localhost', path: '' },
    },
  ],
  scope: { asks: 'resource', offlineAccess: 'if-listed', prompts: false },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: false },
  checksIss: true,
  refreshScope: 'none',
  refreshesTogether: false,
  stepUp: { asks: 'union', refreshesFirst: false },
  registersForEachPort: false,
}
