import { ACCESS_TOKEN, TOKEN_EXCHANGE } from '../exchange/chain.ts'
import { REDIRECT } from '../setup/flow.ts'
import { ASSERTION_TYPE } from '../setup/key-client.ts'
import { type Ask, FORM, JSON_TYPE, type Pair } from './ask.ts'

/** Requests of one endpoint that would be taken, and how much of all requests is theirs. */
export interface Endpoint {
  readonly asks: readonly Ask[]
  readonly share: number
}

const get = (path: string, more: Partial<Ask> = {}): Ask => ({ method: 'GET', path, ...more })
const form = (path: string, fields: readonly Pair[], more: Partial<Ask> = {}): Ask => {
  return { method: 'POST', path, type: FORM, form: fields, ...more }
}
const cookies = (name: string): Partial<Ask> => ({
  headers: [
    ['Cookie', `{${name}}`],
    ['Accept', 'text/html'],
  ],
})
const bearer = (name: string): Partial<Ask> => ({ headers: [['Authorization', `Bearer {${name}}`]] })

const AUTHORIZATION: readonly Pair[] = [
  ['response_type', 'code'],
  ['client_id', '{clientId}'],
  ['redirect_uri', REDIRECT],
  ['code_challenge', '{challenge}'],
  ['code_challenge_method', 'S256'],
  ['resource', '{resource}'],
  ['scope', 'mcp:issue:read'],
  ['state', 'a-state'],
]
const BY_DOCUMENT: readonly Pair[] = AUTHORIZATION.map(([name, value]) => {
  if (name === 'client_id') return [name, '{documentId}']
  return [name, name === 'redirect_uri' ? 'https://client.example/callback' : value]
})
const CODE: readonly Pair[] = [
  ['grant_type', 'authorization_code'],
  ['client_id', '{clientId}'],
  ['code', '{code}'],
  ['redirect_uri', REDIRECT],
  ['code_verifier', '{verifier}'],
  ['resource', '{resource}'],
]
const REFRESH: readonly Pair[] = [
  ['grant_type', 'refresh_token'],
  ['client_id', '{clientId}'],
  ['refresh_token', '{refresh}'],
  ['scope', 'mcp:issue:read'],
]
const PROVEN: readonly Pair[] = [
  ['client_assertion', '{assertion}'],
  ['client_assertion_type', ASSERTION_TYPE],
]
const EXCHANGE: readonly Pair[] = [
  ['grant_type', TOKEN_EXCHANGE],
  ['subject_token', '{access}'],
  ['subject_token_type', ACCESS_TOKEN],
  ['resource', '{downstream}'],
  ...PROVEN,
]
const SIGN_IN: readonly Pair[] = [
  ['login', '{login}'],
  ['password', '{password}'],
]
/** As a browser would send it, of a passkey that nobody has. */
const CREDENTIAL = JSON.stringify({
  ...{ id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {} },
  response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA', userHandle: 'AAAA' },
})
const BY_PASSKEY: readonly Pair[] = [['credential', CREDENTIAL]]
const METADATA = {
  client_name: 'Any client',
  redirect_uris: ['http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
}
const DOCUMENT = { ...METADATA, client_id: '{documentId}', redirect_uris: ['https://client.example/callback'] }
const register = (more: object): Ask => ({
  method: 'POST',
  path: '/register',
  type: JSON_TYPE,
  json: { ...METADATA, ...more },
})
const managed = (method: string, more: Partial<Ask> = {}): Ask => {
  return { method, path: '/register/{managedId}', closed: true, ...bearer('managedToken'), ...more }
}
const SPENT_CODE = { spends: ['code'] }
const ALL = { spends: ['everything'] }
const wellKnown = (path: string): Endpoint => ({
  asks: [
    get(path),
    get(path, {
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://a.example'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    }),
  ],
  share: 1,
})
const change = (name: string, fields: readonly Pair[], more: Partial<Ask> = {}): Ask => {
  return form('/account', [['csrf', '{accountCsrf}'], ['change', name], ...fields], { ...cookies('cookies'), ...more })
}

/** Every endpoint by the name it is counted under, with requests that go deep when nothing about them is changed. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/.well-known/oauth-authorization-server': wellKnown('/.well-known/oauth-authorization-server'),
  '/.well-known/openid-configuration': wellKnown('/.well-known/openid-configuration'),
  '/.well-known/jwks.json': wellKnown('/.well-known/jwks.json'),
  '/authorize': {
    asks: [
      get('/authorize', { query: AUTHORIZATION }),
      get('/authorize', { query: AUTHORIZATION, ...cookies('cookies') }),
      get('/authorize', { query: [...AUTHORIZATION, ['prompt', 'none'], ['max_age', '60']], ...cookies('cookies') }),
      get('/authorize', { query: BY_DOCUMENT, document: '{documentId}', json: DOCUMENT, ...cookies('cookies') }),
      get('/authorize', {
        query: [
          ['client_id', '{clientId}'],
          ['request_uri', '{pushed}'],
        ],
        spends: ['pushed'],
      }),
    ],
    share: 16,
  },
  '/authorize/{uid}': { asks: [get('/authorize/{continueUid}', cookies('continueCookies'))], share: 3 },
  '/authorize/{uid}/sign-in': {
    asks: [
      get('/authorize/{signInUid}/sign-in', cookies('signInCookies')),
      form('/authorize/{signInUid}/sign-in', [['csrf', '{signInCsrf|flip}'], ...SIGN_IN], cookies('signInCookies')),
      form('/authorize/{signInUid}/sign-in', [['csrf', '{signInCsrf}'], ...SIGN_IN], cookies('signInCookies')),
      form('/authorize/{signInUid}/sign-in', [['csrf', '{signInCsrf}'], ...BY_PASSKEY], cookies('signInCookies')),
    ],
    share: 1,
  },
  '/authorize/{uid}/consent': {
    asks: [
      get('/authorize/{consentUid}/consent', cookies('consentCookies')),
      ...['allow', 'deny', 'switch'].map((decision) =>
        form(
          '/authorize/{consentUid}/consent',
          [
            ['csrf', '{consentCsrf}'],
            ['scope', 'mcp:issue:read'],
            ['duration', 'session'],
            ['decision', decision],
          ],
          cookies('consentCookies'),
        ),
      ),
    ],
    share: 8,
  },
  '/authorize/{uid}/continue': {
    asks: [get('/authorize/{continueUid}/continue', cookies('continueCookies'))],
    share: 2,
  },
  '/token': {
    asks: [
      form('/token', CODE, SPENT_CODE),
      form('/token', CODE, { ...SPENT_CODE, headers: [['DPoP', '{proof}']] }),
      form('/token', REFRESH, { spends: ['refresh'] }),
      form('/token', EXCHANGE),
      form('/token', EXCHANGE, { headers: [['DPoP', '{proof}']] }),
      form('/token', [...CODE.filter(([name]) => name !== 'client_id'), ...PROVEN]),
    ],
    share: 30,
  },
  '/par': {
    asks: [
      form('/par', AUTHORIZATION),
      form('/par', [...AUTHORIZATION, ...PROVEN], { headers: [['DPoP', '{proof}']] }),
    ],
    share: 10,
  },
  '/register': {
    asks: [
      register({}),
      register({ token_endpoint_auth_method: 'client_secret_basic', redirect_uris: ['https://app.example/cb'] }),
      register({
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }] },
      }),
      { ...register({}), closed: true, ...bearer('initialToken') },
    ],
    share: 10,
  },
  '/register/{id}': {
    asks: [
      managed('GET'),
      managed('PUT', { type: JSON_TYPE, json: { ...METADATA, client_id: '{managedId}' }, spends: ['managedId'] }),
      managed('PUT', { type: JSON_TYPE, json: { ...METADATA, client_id: '{managedId}' }, spends: ['managedId'] }),
      managed('DELETE', { spends: ['managedId'] }),
    ],
    share: 6,
  },
  '/revoke': {
    asks: [
      form(
        '/revoke',
        [
          ['client_id', '{clientId}'],
          ['token', '{refresh}'],
          ['token_type_hint', 'refresh_token'],
        ],
        { spends: ['refresh'] },
      ),
      form(
        '/revoke',
        [
          ['client_id', '{clientId}'],
          ['token', '{access}'],
        ],
        { spends: ['refresh'] },
      ),
    ],
    share: 4,
  },
  '/introspect': { asks: [form('/introspect', [['token', '{access}'], ...PROVEN])], share: 4 },
  '/resources/{id}/protected-resource-metadata': {
    asks: [
      get('/resources/demo/protected-resource-metadata'),
      get('/resources/{anything}/protected-resource-metadata'),
    ],
    share: 1,
  },
  '/resources/{id}/revocations': {
    asks: [
      get('/resources/demo/revocations'),
      get('/resources/{anything}/revocations'),
      get('/resources/demo/revocations', { headers: [['Accept', 'text/event-stream']] }),
    ],
    share: 2,
  },
  '/account': {
    asks: [
      get('/account', cookies('cookies')),
      change('permission', [
        ['consent', '{consentId}'],
        ['scope', 'mcp:issue:create'],
      ]),
      change('server', [['consent', '{consentId}']], ALL),
      change('client', [['client', '{clientId}']], ALL),
      change('sessions', [], ALL),
      change('password', [
        ['password', 'nobody ever types this'],
        ['new_password', 'short'],
      ]),
      change('add-passkey', [['password', '{password}']]),
      change('add-passkey', [['credential', CREDENTIAL]]),
      change('remove-passkey', [
        ['passkey', '{anything}'],
        ['password', '{password}'],
      ]),
      change('save-passkey', [
        ['credential', CREDENTIAL],
        ['name', 'A key'],
      ]),
    ],
    share: 4,
  },
  '/account/sign-in': {
    asks: [
      get('/account/sign-in'),
      form('/account/sign-in', [['csrf', '{accountSignInCsrf|flip}'], ...SIGN_IN], cookies('accountSignInCookies')),
      form('/account/sign-in', [['csrf', '{accountSignInCsrf}'], ...BY_PASSKEY], cookies('accountSignInCookies')),
    ],
    share: 1,
  },
  '/logout': {
    asks: [
      get('/logout', cookies('cookies')),
      form('/logout', [['csrf', '{accountCsrf}']], { ...cookies('cookies'), ...ALL }),
    ],
    share: 2,
  },
  other: {
    asks: [
      get('/'),
      get('/{anything}'),
      get('/favicon.ico'),
      get('/approvals'),
      get('/audit/events'),
      form('/access/v1/evaluation', []),
      get('{stylesheet}'),
    ],
    share: 2,
  },
}

/** What operators' machines ask, on a port of its own. */
export const MANAGEMENT: readonly Ask[] = ['/livez', '/readyz', '/metrics'].map((path) => get(path))
