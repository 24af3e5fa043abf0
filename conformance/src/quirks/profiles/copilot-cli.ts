import type { ClientProfile } from '../profile.ts'

const CALLBACK = { kind: 'loopback', host: '127.0.0.1', path: '/' } as const

export const copilotCli: ClientProfile = {
  id: 'copilot-cli',
  name: 'Copilot CLI',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://github.com/github/copilot-cli/issues/4901',
      says: 'the document, and that the port of a request is never the one in it (2026-09-18)',
    },
    { url: 'https://github.com/github/copilot-cli/issues/4793', says: 'the same (2026-09-09)' },
    {
      url: 'https://github.com/dozigden/boardoil/issues/11',
      says: 'members of its registration, which names no scope (2026-08-17)',
    },
    {
      url: 'https://github.com/github/copilot-cli/issues/4606',
      says: 'turns metadata away whose issuer is not the one that it looked for',
    },
    {
      url: 'https://github.com/github/copilot-cli/issues/4464',
      says: 'a refresh names the scopes that were granted (2026-08-12)',
    },
    {
      url: 'https://github.com/github/copilot-cli/issues/3583',
      says: 'a refresh names the resource (2026-05-29)',
    },
  ],
  differs:
    'Its document names the port 33418 alone, and it opens another one each time. Compares the issuer letter by letter. A refresh names the granted scopes.',
  unknown: [
    'its order of discovery beyond what all do',
    'the name in its registration, and its application type',
    'what it does when a scope is missing',
    'whether it refreshes several times at once',
    'whether it compares the issuer in answers',
  ],
  discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: true },
  identities: [
    {
      way: 'document',
      needs: ['documents'],
      url: 'https://github.com/copilot/cli/client-metadata.json',
      members: {
        client_name: 'GitHub Copilot CLI',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1:33418/'],
      },
      redirect: CALLBACK,
      proofs: ['none'],
    },
    {
      way: 'registration',
      needs: [],
      metadata: {
        redirect_uris: ['{redirect}'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      redirect: CALLBACK,
    },
  ],
  scope: { asks: 'resource', offlineAccess: 'never', prompts: false },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: true },
  checksIss: false,
  refreshScope: 'granted',
  refreshesTogether: false,
  stepUp: undefined,
  registersForEachPort: false,
}
