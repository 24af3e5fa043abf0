const CODE = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }

/** Shapes in which clients in service register, by what is odd about each. The names are ours. */
export const realPayloads: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'no application_type, loopback': {
    client_name: 'examiner (desktop)',
    redirect_uris: ['http://127.0.0.1:33418/', 'http://localhost:33418/'],
    token_endpoint_auth_method: 'none',
    ...CODE,
  },
  'members that nobody knows, empty logo': {
    client_name: 'examiner (editor)',
    redirect_uris: ['http://127.0.0.1:51778/callback'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    logo_uri: '',
    software_version: '1.0',
    'x-examiner': { nested: true },
    ...CODE,
  },
  'scopes that do not exist': {
    client_name: 'examiner (assistant)',
    redirect_uris: ['https://client.example/callback'],
    token_endpoint_auth_method: 'none',
    scope: 'openid profile examiner:unknown',
    ...CODE,
  },
  'no client_name': {
    redirect_uris: ['http://localhost:51779/callback'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    ...CODE,
  },
}
