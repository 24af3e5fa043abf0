import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { forgetLimits } from '../setup/limits.ts'
import { postRegistration } from './post-registration.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** Members of RFC 7591 and OpenID Connect registration, and what the engine knows beside. */
const MEMBERS = [
  ...['client_id', 'client_secret', 'client_secret_expires_at', 'client_id_issued_at', 'client_name', 'client_uri'],
  ...['redirect_uris', 'response_types', 'grant_types', 'application_type', 'contacts', 'logo_uri', 'policy_uri'],
  ...['tos_uri', 'jwks', 'jwks_uri', 'scope', 'software_id', 'software_version', 'software_statement', 'subject_type'],
  ...['sector_identifier_uri', 'default_max_age', 'require_auth_time', 'default_acr_values', 'initiate_login_uri'],
  ...['request_uris', 'post_logout_redirect_uris', 'backchannel_logout_uri', 'dpop_bound_access_tokens'],
  ...[
    'require_pushed_authorization_requests',
    'response_modes',
    'authorization_details_types',
    'tls_client_auth_san_ip',
  ],
  ...['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'id_token_signed_response_alg'],
  ...['userinfo_signed_response_alg', 'introspection_signed_response_alg', 'authorization_signed_response_alg'],
  ...['request_object_signing_alg', 'id_token_encrypted_response_alg', 'id_token_encrypted_response_enc'],
  ...['userinfo_encrypted_response_alg', 'introspection_encrypted_response_alg', 'request_object_encryption_alg'],
  ...['authorization_encrypted_response_alg', '__proto__', 'constructor', 'toString', 'sallyport_source'],
]

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, '', 'HS256', 'A128KW', 'a\0b', '\ud800', '__proto__', [], [[]], [null], ['a\0b']],
  ...[{}, { toString: 1 }, { toString: null, valueOf: null }, { length: 1 }, { 0: 'a', length: -1 }, { keys: [{}] }],
  ...[{ keys: [{ kty: { toString: 1 } }] }],
]

// More than one source may register.
beforeEach(async () => {
  await forgetLimits(server)
})

describe('a registration with a member of any shape', () => {
  it.each(MEMBERS)('is taken or refused, and never a failure of the server: %s (AS-DCR-03, A75)', async (member) => {
    for (const method of ['none', 'client_secret_basic', 'private_key_jwt']) {
      for (const value of VALUES) {
        const good = { redirect_uris: ['https://app.example/callback'], token_endpoint_auth_method: method }
        // Spelled out, because an object that is written here would take `__proto__` for its own.
        const text = `${JSON.stringify(good).slice(0, -1)},${JSON.stringify(member)}:${JSON.stringify(value)}}`
        const { status, body } = await postRegistration(server, text)
        expect({ method, value, body, status: [201, 400].includes(status) }).toMatchObject({ status: true })
      }
    }
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
  })

  it.each(['id_token_signed_response_alg', 'userinfo_encrypted_response_alg'])(
    'gets no secret for the sake of %s, which means nothing here',
    async (member) => {
      const payload = { redirect_uris: ['https://app.example/callback'], token_endpoint_auth_method: 'none' }
      for (const algorithm of ['HS256', 'A128KW', 'dir']) {
        const { status, body } = await postRegistration(server, { ...payload, [member]: algorithm })
        expect({ status, secret: body.client_secret }).toEqual({ status: 201, secret: undefined })
      }
    },
  )
})
