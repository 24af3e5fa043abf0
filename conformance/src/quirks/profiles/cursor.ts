import type { ClientProfile, RedirectHabit } from '../profile.ts'

const SCHEME = 'cursor://anysphere.cursor-mcp/oauth/callback'
const WEB = 'https://www.cursor.com/agents/mcp/oauth/callback'
const LOOPBACK = 'http://localhost:8787/callback'

const SOURCES = [
  {
    url: 'https://github.com/erp-mafia/accounted/pull/2225',
    says: 'one registration with three redirect URIs; current builds use the one on loopback (2026-09-03)',
  },
  {
    url: 'https://forum.cursor.com/t/oauth-redirect-uri-changed-from-cursor-to-http-localhost-for-streamable-http-mcp/165019',
    says: 'loopback took the place of the scheme, because many servers refuse that (2026-07-08)',
  },
  {
    url: 'https://github.com/better-auth/better-auth/issues/10946',
    says: 'members of its registration: application_type is web, beside a private scheme (2026-08-23)',
  },
  {
    url: 'https://github.com/better-auth/better-auth/pull/10956',
    says: 'builds of 3.13 leave application_type out (2026-09-01)',
  },
  {
    url: 'https://github.com/laravel/mcp/issues/173',
    says: 'one refused URI ends the whole registration (2026-03-13)',
  },
  {
    url: 'https://cursor.com/docs/context/mcp',
    says: 'without a client that is known it registers, and takes the scopes that the authorization server lists',
  },
]

/** @param type what it says of itself in its registration */
function profile(
  { id, name, differs }: Pick<ClientProfile, 'id' | 'name' | 'differs'>,
  redirect: RedirectHabit,
  type: { readonly application_type?: string },
): ClientProfile {
  return {
    id,
    name,
    read: '2026-11-26',
    sources: SOURCES,
    differs,
    unknown: [
      'whether its requests name the resource: the SDK that it is built on does',
      'the name in its registration',
      'what it does when a scope is missing',
      'whether it refreshes several times at once',
      'whether it compares the issuer, in metadata and in answers',
    ],
    discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: false },
    identities: [
      {
        way: 'registration',
        needs: [],
        metadata: {
          redirect_uris: [SCHEME, WEB, LOOPBACK],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'none',
          ...type,
        },
        redirect,
      },
    ],
    scope: { asks: 'server', offlineAccess: 'never', prompts: false },
    resource: { spelling: 'verbatim', authorize: true, token: true, refresh: undefined },
    checksIss: false,
    refreshScope: 'none',
    refreshesTogether: false,
    stepUp: undefined,
    registersForEachPort: false,
  }
}

export const cursor: ClientProfile = profile(
  {
    id: 'cursor',
    name: 'Cursor',
    differs:
      'Registers three redirect URIs at once, one behind a scheme of its own, one on the web and one on loopback, which it uses, and does not say what it is. Takes no documents.',
  },
  { kind: 'loopback', host: 'localhost', path: '/callback', port: 8787 },
  {},
)

export const cursorScheme: ClientProfile = profile(
  {
    id: 'cursor-scheme',
    name: 'Cursor, older builds',
    differs: 'Registers the same three, calls itself a web application, and has the answer sent to its own scheme.',
  },
  { kind: 'private-use', uri: SCHEME },
  { application_type: 'web' },
)
