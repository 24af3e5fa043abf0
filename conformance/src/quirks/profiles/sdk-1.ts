import type { ClientProfile, Identity } from '../profile.ts'

/** What an application on the SDKs for TypeScript sends unless it says otherwise; the name is its own. */
export const registration = (metadata: Readonly<Record<string, unknown>>): Identity => ({
  way: 'registration',
  needs: [],
  metadata: {
    client_name: 'an application',
    redirect_uris: ['{redirect}'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    // The scope of the first challenge goes into the registration, and no later one.
    scope: '{scope}',
    ...metadata,
  },
  redirect: { kind: 'loopback', host: 'localhost', path: '/callback' },
})

export const sdk1: ClientProfile = {
  id: 'sdk-1',
  name: 'TypeScript SDK 1.x',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://www.npmjs.com/package/@modelcontextprotocol/sdk/v/1.32.2',
      says: 'its code: registration with the scope of the challenge and without application_type, order of discovery, parameters of each request, and that a missing scope leads to a refresh where there is a refresh token',
    },
    { url: 'https://github.com/PrefectHQ/fastmcp/issues/4265', says: 'parallel calls refresh at once' },
  ],
  differs:
    'Registers with the scopes of the first challenge. Does not compare the issuer. With a refresh token it never steps up: it refreshes and gives up; without one it asks for the missing scope alone.',
  unknown: [],
  discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: false },
  identities: [registration({})],
  scope: { asks: 'resource', offlineAccess: 'never', prompts: true },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: true },
  checksIss: false,
  refreshScope: 'none',
  refreshesTogether: true,
  stepUp: { asks: 'missing', refreshesFirst: true },
  registersForEachPort: false,
}
