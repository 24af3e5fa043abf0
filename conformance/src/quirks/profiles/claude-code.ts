import type { ClientProfile } from '../profile.ts'

const CODE_AND_REFRESH = ['authorization_code', 'refresh_token']
const CALLBACK = { kind: 'loopback', host: 'localhost', path: '/callback' } as const

export const claudeCode: ClientProfile = {
  id: 'claude-code',
  name: 'Claude Code',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://claude.ai/oauth/claude-code-client-metadata',
      says: 'the document, as fetched on 2026-09-08 and 2026-09-21',
    },
    {
      url: 'https://github.com/anthropics/claude-code/issues/37767',
      says: 'the document names http://localhost/callback, the request any port of localhost',
    },
    {
      url: 'https://github.com/appstrate/appstrate/issues/1267',
      says: 'members of its registration, which names no scope; scopes are those of the resource and offline_access (2026-09-05)',
    },
    {
      url: 'https://github.com/anthropics/claude-code/issues/41610',
      says: 'offline_access is asked for where nobody lists it',
    },
    { url: 'https://github.com/anthropics/claude-code/issues/64013', says: 'prompt=consent goes with it' },
    {
      url: 'https://claude.com/docs/connectors/building/authentication',
      says: 'as others quote it: other than the hosted forms, it does not unite scopes at a step-up',
    },
    {
      url: 'https://github.com/anthropics/claude-code/issues/91641',
      says: 'several processes share one refresh token',
    },
    { url: 'https://github.com/anthropics/claude-code/issues/89862', says: 'a refresh may leave the resource out' },
  ],
  differs:
    'The name localhost with any port, and a document without `application_type` that names no port. Asks for offline_access whether it is listed or not. Several processes present one refresh token.',
  unknown: ['whether it compares the issuer, in metadata and in answers'],
  discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: false },
  identities: [
    {
      way: 'document',
      needs: ['documents', 'none-listed'],
      url: 'https://claude.ai/oauth/claude-code-client-metadata',
      members: {
        client_name: 'Claude Code',
        client_uri: 'https://claude.ai',
        redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
        grant_types: CODE_AND_REFRESH,
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
        client_name: 'Claude Code (examined)',
        redirect_uris: ['{redirect}'],
        grant_types: CODE_AND_REFRESH,
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      redirect: CALLBACK,
    },
  ],
  scope: { asks: 'resource', offlineAccess: 'always', prompts: true },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: false },
  checksIss: false,
  refreshScope: 'none',
  refreshesTogether: true,
  stepUp: { asks: 'missing', refreshesFirst: false },
  registersForEachPort: false,
}
