import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateClientKey } from '../../src/keys/client-key.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register, tokenRequest } from '../setup/flow.ts'

let server: TestServer
let metadata: Record<string, readonly string[]>
beforeAll(async () => {
  server = await startTestServer()
  metadata = await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()
})
afterAll(() => server.close())

/** What the page says that is answered to somebody who has agreed to nothing; null where a person is asked. */
const errorOf = async (url: string): Promise<string | null> => {
  const response = await fetch(url, { redirect: 'manual' })
  if (response.headers.has('location')) return null
  return (await response.text()).match(/<code>([a-z_]+)<\/code>/)?.[1] ?? 'a page without an error'
}

/** Everything that the registries of OAuth and OpenID Connect name, and some that nobody does. */
const KNOWN = {
  grantTypes: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'password',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:openid:params:grant-type:ciba',
    'urn:ietf:params:oauth:grant-type:pre-authorized_code',
  ],
  authMethods: [
    'none',
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
    'attest_jwt_client_auth',
  ],
  responseTypes: ['code', 'token', 'id_token', 'none', 'code token', 'code id_token', 'id_token token'],
  responseModes: ['query', 'fragment', 'form_post', 'web_message', 'jwt', 'query.jwt'],
  challengeMethods: ['S256', 'plain', 'S512', 's256'],
}

describe('what the metadata lists is what is taken, and all of it (AS-DISC-17)', () => {
  it('grant types (A103)', async () => {
    const client_id = await register(server)
    const errors = await Promise.all(
      KNOWN.grantTypes.map(async (grant_type) => (await tokenRequest(server, { grant_type, client_id })).body.error),
    )
    const taken = KNOWN.grantTypes.filter((_, at) => errors[at] !== 'unsupported_grant_type')
    expect(taken).toEqual(metadata.grant_types_supported)
  })

  it('client authentication methods (AS-DISC-09)', async () => {
    const { publicJwk } = await generateClientKey()
    const statuses = await Promise.all(
      KNOWN.authMethods.map(async (token_endpoint_auth_method) => {
        const metadata = {
          redirect_uris: ['https://app.example/cb'],
          token_endpoint_auth_method,
          jwks: { keys: [publicJwk] },
        }
        const headers = { 'Content-Type': 'application/json' }
        return (await fetch(`${server.issuer}/register`, { method: 'POST', headers, body: JSON.stringify(metadata) }))
          .status
      }),
    )
    const taken = KNOWN.authMethods.filter((_, at) => statuses[at] === 201)
    expect(taken).toEqual(metadata.token_endpoint_auth_methods_supported)
  })

  it('client authentication at the endpoints about tokens: all of them to revoke, none public to introspect (AS-REV-01, A117)', () => {
    const methods = metadata.token_endpoint_auth_methods_supported ?? []
    expect(metadata.revocation_endpoint_auth_methods_supported).toEqual(methods)
    const confidential = methods.filter((method) => method !== 'none')
    expect(metadata.introspection_endpoint_auth_methods_supported).toEqual(confidential)
    expect([metadata.revocation_endpoint, metadata.introspection_endpoint]).toEqual(
      ['/revoke', '/introspect'].map((path) => server.issuer + path),
    )
  })

  it('response types (AS-AZ-01, A16)', async () => {
    const clientId = await register(server)
    const errors = await Promise.all(
      KNOWN.responseTypes.map((type) => errorOf(authorization(server, clientId, { response_type: type }).url)),
    )
    expect(KNOWN.responseTypes.filter((_, at) => errors[at] === null)).toEqual(metadata.response_types_supported)
    expect(new Set(errors)).toEqual(new Set([null, 'unsupported_response_type']))
  })

  it('response modes (A16)', async () => {
    const clientId = await register(server)
    const errors = await Promise.all(
      KNOWN.responseModes.map((mode) => errorOf(authorization(server, clientId, { response_mode: mode }).url)),
    )
    expect(KNOWN.responseModes.filter((_, at) => errors[at] === null)).toEqual(metadata.response_modes_supported)
    expect(new Set(errors)).toEqual(new Set([null, 'unsupported_response_mode']))
  })

  it('code challenge methods (AS-DISC-06, AS-AZ-03, A19)', async () => {
    const clientId = await register(server)
    const errors = await Promise.all(
      KNOWN.challengeMethods.map((code_challenge_method) =>
        errorOf(authorization(server, clientId, { code_challenge_method }).url),
      ),
    )
    const taken = KNOWN.challengeMethods.filter((_, at) => errors[at] === null)
    expect(taken).toEqual(metadata.code_challenge_methods_supported)
  })

  it('endpoints: each one that is named answers', async () => {
    const named = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name))
    const statuses = await Promise.all(named.map(async ([, url]) => (await fetch(String(url))).status))
    expect(statuses).not.toContain(404)
  })
})
