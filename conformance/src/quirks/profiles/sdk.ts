import type { ClientProfile, Identity } from '../profile.ts'

/** What an application on the SDKs for TypeScript sends unless it says otherwise; the name is its own. */
const registration = (metadata: Readonly<Record<string, unknown>>): Identity => ({
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

const DISCOVERY = ['oauth-inserted', 'openid-inserted', 'openid-appended'] as const

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
  discovery: { order: DISCOVERY, comparesIssuer: false },
  identities: [registration({})],
  scope: { asks: 'resource', offlineAccess: 'never', prompts: true },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: true },
  checksIss: false,
  refreshScope: 'none',
  refreshesTogether: true,
  stepUp: { asks: 'missing', refreshesFirst: true },
  registersForEachPort: false,
}

export const sdk2: ClientProfile = {
  ...sdk1,
  id: 'sdk-2',
  name: 'TypeScript SDK 2.x',
  sources: [
    {
      url: 'https://www.npmjs.com/package/@modelcontextprotocol/client/v/2.4.0',
      says: 'its code: application_type by the redirect URIs, offline_access where it is listed and prompt=consent with it, the issuer compared in metadata and answers, a step-up for the union',
    },
    { url: 'https://github.com/PrefectHQ/fastmcp/issues/4265', says: 'parallel calls refresh at once' },
  ],
  differs:
    'Compares the issuer in the metadata and in each answer. Asks for offline_access where it is listed, and then for consent each time. Steps up for the union, and again where a token response states no scope.',
  discovery: { order: DISCOVERY, comparesIssuer: true },
  identities: [registration({ application_type: 'native' })],
  scope: { asks: 'resource', offlineAccess: 'if-listed', prompts: true },
  checksIss: true,
  stepUp: { asks: 'union', refreshesFirst: false },
}
