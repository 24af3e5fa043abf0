import type { ClientProfile, Identity } from '../profile.ts'

const STABLE = { kind: 'hosted', uri: 'https://chatgpt.com/connector_platform_oauth_redirect' } as const
const OF_ONE_CONNECTOR = { kind: 'hosted', uri: 'https://chatgpt.com/connector/oauth/IbUR3zxyNQ16' } as const

/** What both documents say; how the client shows who it is stands in each. */
const MEMBERS = {
  client_uri: 'https://chatgpt.com/',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  client_name: 'ChatGPT',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'RS256',
  jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
}
const CHOICE = { token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] }
const LOGO = { logo_uri: 'https://persistent.oaistatic.com/sonic/misc/openai-logo.png' }

const registration: Identity = {
  way: 'registration',
  needs: [],
  metadata: {
    client_name: 'ChatGPT',
    redirect_uris: ['{redirect}'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  redirect: OF_ONE_CONNECTOR,
}

const BASE: Omit<ClientProfile, 'id' | 'name' | 'sources' | 'differs' | 'identities'> = {
  read: '2026-11-26',
  unknown: [
    'whether a refresh names the resource',
    'what it does when a scope is missing',
    'whether it refreshes several times at once',
    'whether it asks for offline_access',
    'members of its registration beyond those replayed',
  ],
  discovery: { order: ['oauth-inserted', 'openid-inserted'], comparesIssuer: true },
  scope: { asks: 'resource', offlineAccess: 'never', prompts: false },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: undefined },
  checksIss: true,
  refreshScope: 'none',
  refreshesTogether: false,
  stepUp: undefined,
  registersForEachPort: false,
}
const GUIDE = {
  url: 'https://developers.openai.com/apps-sdk/build/auth',
  says: 'documents, registration or a client that is known; `resource` on both requests, which must end in the token; the issuer is compared as text',
}

/** ChatGPT, whose document prefers a key and lists that it can do without. */
export const chatGpt: ClientProfile = {
  ...BASE,
  id: 'chatgpt',
  name: 'ChatGPT, a document with a choice',
  sources: [
    GUIDE,
    { url: 'https://chatgpt.com/oauth/client.json', says: 'the document, as fetched on 2026-09-08 and 2026-09-21' },
    {
      url: 'https://github.com/cloudflare/workers-oauth-provider/issues/293',
      says: 'the same members in the document of one connector (2026-08-06)',
    },
    {
      url: 'https://github.com/gamedevpl/www.gamedev.pl/pull/641',
      says: 'it goes without a key where the metadata lists none for it (2026-08-06)',
    },
  ],
  differs:
    'Its document names private_key_jwt and, in a list beside it, none as well: who reads the first alone turns it away. Signs where the metadata lists that. One document for all where `iss` is promised, else one for each connector.',
  identities: [
    {
      way: 'document',
      needs: ['documents', 'iss-promised'],
      url: 'https://chatgpt.com/oauth/client.json',
      members: { ...MEMBERS, ...CHOICE, ...LOGO, redirect_uris: ['{redirect}'] },
      redirect: STABLE,
      proofs: ['private_key_jwt', 'none'],
    },
    {
      way: 'document',
      needs: ['documents', 'iss-unpromised'],
      url: 'https://chatgpt.com/oauth/IbUR3zxyNQ16/client.json',
      members: { ...MEMBERS, ...CHOICE, redirect_uris: ['{redirect}'] },
      redirect: OF_ONE_CONNECTOR,
      proofs: ['private_key_jwt', 'none'],
    },
    registration,
  ],
}

/** ChatGPT, whose document of one connector leaves no choice but a key. */
export const chatGptSigning: ClientProfile = {
  ...BASE,
  id: 'chatgpt-signing',
  name: 'ChatGPT, a document without a choice',
  sources: [
    GUIDE,
    {
      url: 'https://github.com/Altinity/altinity-mcp/issues/118',
      says: 'a document with private_key_jwt alone (2026-05-15)',
    },
    { url: 'https://github.com/pomerium/pomerium/issues/6692', says: 'the same (2026-08-25)' },
  ],
  differs: 'Its document names private_key_jwt and nothing beside it, so the token endpoint has to read its signature.',
  identities: [
    {
      way: 'document',
      needs: ['documents'],
      url: 'https://chatgpt.com/oauth/kDmjx77UnKOM/client.json',
      members: { ...MEMBERS, redirect_uris: ['{redirect}'] },
      redirect: { kind: 'hosted', uri: 'https://chatgpt.com/connector/oauth/kDmjx77UnKOM' },
      proofs: ['private_key_jwt'],
    },
    registration,
  ],
}
