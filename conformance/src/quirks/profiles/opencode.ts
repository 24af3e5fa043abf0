import type { ClientProfile } from '../profile.ts'

const CODE_AND_REFRESH = ['authorization_code', 'refresh_token']
const CALLBACK = { kind: 'loopback', host: '127.0.0.1', path: '/callback' } as const

export const opencode: ClientProfile = {
  id: 'opencode',
  name: 'opencode',
  read: '2026-11-26',
  sources: [
    { url: 'https://github.com/anomalyco/opencode/pull/47737', says: 'the document (2026-09-07)' },
    {
      url: 'https://github.com/anomalyco/opencode/pull/47743',
      says: 'documents where `none` is listed, else registration (2026-09-07)',
    },
    {
      url: 'https://github.com/anomalyco/opencode/blob/060b65a7a14f311cd0aac1836ca779e17d76b5d4/packages/core/src/mcp/oauth.ts',
      says: 'members of its registration; `resource` passes through a parser of URLs; refreshes at the same time share one request; the rest is SDK 2',
    },
    { url: 'https://github.com/anomalyco/opencode/pull/50519', says: 'no prompt=consent any more (2026-09-22)' },
    {
      url: 'https://github.com/anomalyco/opencode/issues/50036',
      says: 'turns metadata away whose issuer is not the one that it looked for',
    },
  ],
  differs:
    'A bare origin as `resource` gets a slash, because it passes through a parser of URLs. Takes care that two refreshes share one request.',
  unknown: [],
  discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: true },
  identities: [
    {
      way: 'document',
      needs: ['documents', 'none-listed'],
      url: 'https://opencode.ai/oauth/opencode/client.json',
      members: {
        client_name: 'opencode',
        client_uri: 'https://opencode.ai',
        logo_uri: 'https://opencode.ai/web-app-manifest-512x512.png',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
        grant_types: CODE_AND_REFRESH,
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        token_endpoint_auth_methods_supported: ['none'],
      },
      redirect: CALLBACK,
      proofs: ['none'],
    },
    {
      way: 'registration',
      needs: [],
      metadata: {
        redirect_uris: ['{redirect}'],
        client_name: 'opencode',
        client_uri: 'https://opencode.ai',
        grant_types: CODE_AND_REFRESH,
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
      redirect: CALLBACK,
    },
  ],
  scope: { asks: 'resource', offlineAccess: 'if-listed', prompts: false },
  resource: { spelling: 'parsed', authorize: true, token: true, refresh: true },
  checksIss: true,
  refreshScope: 'none',
  refreshesTogether: false,
  stepUp: { asks: 'union', refreshesFirst: false },
  registersForEachPort: false,
}
