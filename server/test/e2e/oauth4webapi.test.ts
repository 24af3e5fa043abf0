import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, REDIRECT } from '../setup/flow.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

let server: TestServer
let as: oauth.AuthorizationServer
let client: oauth.Client
let key: oauth.CryptoKeyPair
let tokens: oauth.TokenEndpointResponse
/** Error codes that the library asked again for. */
const asked: string[] = []

beforeAll(async () => {
  const settings = { dpop: { requireNonce: true }, pushedRequests: { required: true } }
  server = await startTestServer({ settings })
  key = await oauth.generateKeyPair('ES256')
})
afterAll(() => server.close())

/** Sends, judges the answer, and sends once more when it asks for a nonce, which the library has noted then. */
async function withNonce<Result>(
  send: () => Promise<Response>,
  judge: (response: Response) => Promise<Result>,
): Promise<Result> {
  try {
    return await judge(await send())
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    asked.push('use_dpop_nonce')
    return judge(await send())
  }
}

/** A fresh memory of nonces, as a client has that was just started. */
const handle = () => oauth.DPoP(client, key)

describe('the client library oauth4webapi, with pushed requests and bound tokens, validating every response', () => {
  it('discovers both in the metadata and registers for them (AS-DPOP-01, AS-PAR-01, AS-DISC-17)', async () => {
    const issuer = new URL(server.issuer)
    const found = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
    as = await oauth.processDiscoveryResponse(issuer, found)
    expect(as).toMatchObject({
      pushed_authorization_request_endpoint: `${server.issuer}/par`,
      require_pushed_authorization_requests: true,
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    })
    const metadata = {
      client_name: 'Library',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      dpop_bound_access_tokens: true,
    }
    const registered = await oauth.dynamicClientRegistrationRequest(as, metadata, insecure)
    client = await oauth.processDynamicClientRegistrationResponse(registered)
    expect(client).toMatchObject({ dpop_bound_access_tokens: true, require_pushed_authorization_requests: true })
  })

  it('pushes its request with a proof, is asked for a nonce, and gets its tokens (AS-DPOP-02, AS-DPOP-04, A143)', async () => {
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const parameters = new URLSearchParams({
      response_type: 'code',
      redirect_uri: REDIRECT,
      resource: RESOURCE,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    })
    const pushing = handle()
    const pushed = await withNonce(
      () => oauth.pushedAuthorizationRequest(as, client, oauth.None(), parameters, { ...insecure, DPoP: pushing }),
      (response) => oauth.processPushedAuthorizationResponse(as, client, response),
    )
    const url = new URL(String(as.authorization_endpoint))
    url.search = String(new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri }))
    const { params } = await approve(server, { url: url.href })
    const callback = oauth.validateAuthResponse(as, client, params, state)
    const redeeming = handle()
    tokens = await withNonce(
      () =>
        oauth.authorizationCodeGrantRequest(as, client, oauth.None(), callback, REDIRECT, verifier, {
          ...insecure,
          DPoP: redeeming,
          additionalParameters: { resource: RESOURCE },
        }),
      (response) => oauth.processAuthorizationCodeResponse(as, client, response),
    )
    expect(tokens).toMatchObject({ token_type: 'dpop', scope: 'mcp:repositories:list mcp:issue:read' })
    expect(asked).toEqual(['use_dpop_nonce', 'use_dpop_nonce'])
  })

  it('accepts the token as a resource would that wants its proof (AS-DPOP-02, RFC 9449 §7)', async () => {
    const calls: Request[] = []
    await oauth.protectedResourceRequest(tokens.access_token, 'POST', new URL(RESOURCE), undefined, undefined, {
      ...insecure,
      DPoP: handle(),
      [oauth.customFetch]: async (address: string, init: RequestInit) => {
        calls.push(new Request(address, init))
        return new Response(null, { status: 200 })
      },
    } as oauth.ProtectedResourceRequestOptions)
    const [call] = calls
    if (call === undefined) throw new Error('the library sent nothing')
    const claims = await oauth.validateJwtAccessToken(as, call, RESOURCE, { ...insecure, requireDPoP: true })
    expect(claims).toMatchObject({ iss: server.issuer, aud: RESOURCE, cnf: { jkt: expect.any(String) } })
  })

  it('refreshes with its key, and the token stays bound (AS-DPOP-05, AS-RT-01)', async () => {
    const refreshing = handle()
    const refreshed = await withNonce(
      () =>
        oauth.refreshTokenGrantRequest(as, client, oauth.None(), String(tokens.refresh_token), {
          ...insecure,
          DPoP: refreshing,
        }),
      (response) => oauth.processRefreshTokenResponse(as, client, response),
    )
    expect(refreshed.token_type).toBe('dpop')
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
  })
})
