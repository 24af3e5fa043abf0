import type {
  AccountSignInView,
  AccountView,
  ConfirmView,
  ConsentView,
  ContinueView,
  ErrorView,
  NewPasskeyView,
  PermissionView,
  SignedOutView,
  SignInView,
  SignOutView,
} from '../../src/http/pages/views.ts'

const page = { issuerHost: 'auth.example.com', correlationId: '0199c6f0-8c1e-7d3a-9b55-2f6c1d0e4a77' }

const client = {
  clientId: 'https://ide.acme.dev/oauth/client.json',
  name: 'Acme IDE',
  verification: { kind: 'verified-domain', host: 'ide.acme.dev' },
} as const

const resource = { name: 'GitHub MCP', uri: 'https://mcp.example.com/github' }

export const readIssues: PermissionView = {
  scope: 'mcp:issue:read',
  description: 'Read issues',
  tools: ['issue_read'],
  toolClass: 'read',
  ticked: true,
  longest: 'until_revoked',
}

export const createIssues: PermissionView = {
  scope: 'mcp:issue:create',
  description: 'Create and edit issues',
  tools: ['issue_create', 'issue_comment'],
  toolClass: 'write',
  ticked: true,
  longest: 'session',
}

export const fetchPages: PermissionView = {
  scope: 'mcp:url:fetch',
  description: 'Fetch pages from other websites',
  tools: ['url_fetch'],
  toolClass: 'external-network',
  ticked: false,
  longest: 'session',
}

export const listRepositories: PermissionView = {
  scope: 'mcp:repositories:list',
  description: 'List repositories',
  tools: ['repositories_list'],
  toolClass: 'discovery',
  ticked: true,
  longest: 'until_revoked',
}

export const deleteBranches: PermissionView = {
  scope: 'mcp:branch:delete',
  description: 'Delete branches',
  tools: ['branch_delete'],
  toolClass: 'destructive',
  ticked: false,
  longest: 'once',
}

export const rotateSecrets: PermissionView = {
  scope: 'mcp:secret:rotate',
  description: 'Rotate secrets',
  tools: ['secret_rotate'],
  toolClass: 'admin',
  ticked: false,
  longest: 'once',
}

export const signIn: SignInView = { ...page, client, resource, action: '/interaction/u1/sign-in', csrf: 'csrf-1' }

export const consent: ConsentView = {
  ...page,
  login: 'alice',
  action: '/interaction/u1/consent',
  csrf: 'csrf-1',
  client,
  resource,
  redirect: { uri: 'http://127.0.0.1:51234/callback', kind: 'loopback', display: '127.0.0.1:51234' },
  newPermissions: [createIssues, fetchPages],
  alreadyAllowed: [listRepositories, readIssues],
  durations: [
    { value: 'once', label: 'Just this once (a few minutes)', selected: false },
    { value: 'session', label: 'For this session (8 hours)', selected: false },
    { value: 'until_revoked', label: 'Until I take it back', selected: true },
  ],
  resourceWasDefaulted: false,
}

export const firstConsent: ConsentView = {
  ...consent,
  client: {
    clientId: 'https://claude.example/oauth/mcp-oauth-client-metadata',
    name: 'Claude',
    verification: { kind: 'verified-domain', host: 'claude.example' },
  },
  redirect: { uri: 'https://claude.example/api/mcp/auth_callback', kind: 'web', display: 'claude.example' },
  newPermissions: [listRepositories, readIssues],
  alreadyAllowed: [],
}

export const changedConsent: ConsentView = {
  ...firstConsent,
  changes: [
    { kind: 'name', before: 'Claude Desk', now: 'Claude' },
    { kind: 'name-unseen' },
    { kind: 'returns', address: `https://claude.example/callback/${'c'.repeat(120)}` },
    { kind: 'returns-more', count: 2 },
    { kind: 'no-longer-returns', address: 'http://127.0.0.1/callback' },
    { kind: 'no-longer-returns-more', count: 1 },
    { kind: 'signs' },
    { kind: 'no-longer-signs' },
    { kind: 'keys', added: 1, removed: 2 },
    { kind: 'keys-place', before: 'https://claude.example/keys.json', now: 'https://keys.example/keys.json' },
    { kind: 'keys-place', before: undefined, now: 'https://keys.example/keys.json' },
    { kind: 'keys-place', before: 'https://claude.example/keys.json', now: undefined },
    { kind: 'unknown' },
  ],
}

export const disguisedConsent: ConsentView = {
  ...firstConsent,
  client: {
    clientId: 'https://xn--80ak6aa92e.example/client.json',
    name: 'xn--80ak6aa92e.example',
    disguisedName: 'Сlaude',
    verification: { kind: 'verified-domain', host: 'xn--80ak6aa92e.example' },
  },
  redirect: { uri: 'https://xn--r8jz45g.example/cb', kind: 'web', display: 'xn--r8jz45g.example' },
}

export const knownSiteConsent: ConsentView = {
  ...firstConsent,
  client: {
    ...firstConsent.client,
    verification: { kind: 'verified-domain', host: 'claude.example', known: 'site' },
  },
}

export const knownProgramConsent: ConsentView = {
  ...consent,
  client: {
    clientId: 'https://claude.example/oauth/claude-code-client-metadata',
    name: 'Claude Code',
    verification: { kind: 'verified-domain', host: 'claude.example', known: 'program' },
  },
}

export const oneClick: ConsentView = { ...consent, newPermissions: [] }

export const continueOn: ContinueView = { ...page, next: '/auth/u1', clientName: 'Acme IDE' }

export const moveOn: ContinueView = { ...page, next: '/auth/u1' }

export const error: ErrorView = {
  ...page,
  reason: 'redirect_uri is https://evil.example/, which is not registered',
  title: 'This app cannot be used here',
  message: 'The app sent a return address that it has not registered, so nothing was sent back to it.',
  advice: 'Go back to the app and start again. If it happens again, tell your administrator the request id below.',
  error: 'invalid_redirect_uri',
  code: 'SALLYPORT_E_REDIRECT_URI',
}

export const signOut: SignOutView = { ...page, action: '/logout', csrf: 'csrf-1', login: 'alice' }

export const signedOut: SignedOutView = page

export const accountSignIn: AccountSignInView = { ...page, action: '/account/sign-in', csrf: 'csrf-1' }

/** What a page asks an authenticator with, as long as in life. */
const passkey = { options: JSON.stringify({ challenge: 'Y2hhbGxlbmdl', rpId: 'auth.example.com', timeout: 600_000 }) }

const passkeyPage = { ...page, login: 'alice', action: '/account', csrf: 'csrf-1', accountPath: '/account' }

export const signInByEither: SignInView = { ...signIn, passkey }

export const signInByPasskey: SignInView = { ...signInByEither, passkeyOnly: { accountPath: '/account' } }

/** The first passkey of a person. */
export const confirmByPassword: ConfirmView = {
  ...passkeyPage,
  wish: { kind: 'add' },
  error: 'That is not your current password. Nothing was changed.',
}

export const confirm: ConfirmView = {
  ...passkeyPage,
  wish: { kind: 'remove', id: '0199c6f0-8c1e-7d3a-9b55-2f6c1d0e4a80', name: 'Telephone' },
  passkey,
}

export const newPasskey: NewPasskeyView = { ...passkeyPage, passkey, name: 'Passkey 2' }

export const account: AccountView = {
  ...page,
  login: 'alice',
  passkeys: [
    {
      id: '0199c6f0-8c1e-7d3a-9b55-2f6c1d0e4a80',
      name: 'Telephone',
      createdAt: 1_795_166_400,
      lastUsedAt: 1_795_170_000,
      isSuspended: false,
    },
    {
      id: '0199c6f0-8c1e-7d3a-9b55-2f6c1d0e4a81',
      name: 'Key on the ring',
      createdAt: 1_795_166_400,
      lastUsedAt: undefined,
      isSuspended: true,
    },
  ],
  action: '/account',
  signOutPath: '/logout',
  csrf: 'csrf-1',
  clients: [
    {
      client,
      servers: [
        {
          consentId: '0199c6f0-8c1e-7d3a-9b55-2f6c1d0e4a78',
          resource,
          lastUsedAt: 1_795_166_400,
          permissions: [
            { scope: 'mcp:issue:read', description: 'Read issues', toolClass: 'read', endsAt: undefined },
            {
              scope: 'mcp:issue:create',
              description: 'Create and edit issues',
              toolClass: 'write',
              endsAt: 1_795_600_800,
            },
          ],
        },
      ],
    },
    {
      client: {
        clientId: 'c_7b1d',
        name: 'c_7b1d',
        disguisedName: 'Dеsk',
        verification: { kind: 'unverified' },
      },
      servers: [
        {
          consentId: '0199c6f0-8c1e-7d3a-9b55-2f6c1d0e4a79',
          resource,
          lastUsedAt: undefined,
          permissions: [
            {
              scope: 'mcp:repositories:list',
              description: 'List repositories',
              toolClass: 'discovery',
              endsAt: undefined,
            },
          ],
        },
      ],
    },
  ],
}
