import type { ClientProfile } from '../profile.ts'

const CALLBACK = { kind: 'loopback', host: '127.0.0.1', path: '/' } as const
const GRANTS = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']

export const vsCode: ClientProfile = {
  id: 'vs-code',
  name: 'VS Code',
  read: '2026-11-26',
  sources: [
    {
      url: 'https://vscode.dev/oauth/client-metadata.json',
      says: 'the document, as fetched on 2026-09-08 and 2026-09-21',
    },
    {
      url: 'https://github.com/microsoft/vscode/blob/main/src/vs/base/common/oauth.ts',
      says: 'members of its registration',
    },
    {
      url: 'https://github.com/microsoft/vscode/blob/main/src/vs/workbench/api/common/extHostAuthentication.ts',
      says: 'parameters of authorization, token and refresh requests: `resource` as the metadata writes it, on all three',
    },
    {
      url: 'https://github.com/microsoft/vscode/issues/278512',
      says: 'it opens another port where 33418 is taken (2025-11-20)',
    },
    {
      url: 'https://github.com/microsoft/vscode/issues/249663',
      says: 'asks for every scope of the authorization server where the resource names none',
    },
  ],
  differs:
    'Names port 33418 in its document and in its registration and uses any. Its registration lists four redirect URIs and the grant of device codes.',
  unknown: [
    'what it does when a scope is missing',
    'whether it refreshes several times at once',
    'whether it compares the issuer, in metadata and in answers',
  ],
  discovery: { order: ['oauth-inserted', 'openid-inserted', 'openid-appended'], comparesIssuer: false },
  identities: [
    {
      way: 'document',
      needs: ['documents'],
      url: 'https://vscode.dev/oauth/client-metadata.json',
      members: {
        client_name: 'Visual Studio Code',
        logo_uri: 'https://code.visualstudio.com/assets/branding/code-stable.png',
        grant_types: GRANTS,
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        client_uri: 'https://vscode.dev/product',
        redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
      },
      redirect: CALLBACK,
      proofs: ['none'],
    },
    {
      way: 'registration',
      needs: [],
      metadata: {
        client_name: 'Visual Studio Code',
        client_uri: 'https://code.visualstudio.com',
        grant_types: GRANTS,
        response_types: ['code'],
        redirect_uris: [
          'https://insiders.vscode.dev/redirect',
          'https://vscode.dev/redirect',
          'http://127.0.0.1/',
          'http://127.0.0.1:33418/',
        ],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
      redirect: CALLBACK,
    },
  ],
  scope: { asks: 'resource', offlineAccess: 'never', prompts: false },
  resource: { spelling: 'verbatim', authorize: true, token: true, refresh: true },
  checksIss: false,
  refreshScope: 'none',
  refreshesTogether: false,
  stepUp: undefined,
  registersForEachPort: false,
}
