import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { validateJwtAccessToken } from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approve, REDIRECT } from '../setup/flow.ts'
import { type Stack, startStack } from './stack.ts'

let stack: Stack
let configuration: client.Configuration
let tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers

const insecure = { execute: [client.allowInsecureRequests] }

describe('the certified relying party openid-client 6, validating every response', () => {
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it.each(['oauth2', 'oidc'] as const)('discovers the issuer by its %s document and registers', async (algorithm) => {
    const metadata = { client_name: 'Relying party', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' }
    configuration = await client.dynamicClientRegistration(new URL(stack.server.issuer), metadata, client.None(), {
      ...insecure,
      algorithm,
    })
    expect(configuration.serverMetadata()).toMatchObject({
      issuer: stack.server.issuer,
      authorization_response_iss_parameter_supported: true,
    })
    expect(configuration.serverMetadata().supportsPKCE('S256')).toBe(true)
  })

  it('authorizes with PKCE, state and the issuer in the response', async () => {
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: REDIRECT,
      scope: 'mcp:repositories:list mcp:issue:read',
      resource: stack.demo.url,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    })
    const { params } = await approve(stack.server, { url: url.href })
    const callback = new URL(`${REDIRECT}?${params}`)
    const checks = { pkceCodeVerifier: verifier, expectedState: state }
    tokens = await client.authorizationCodeGrant(configuration, callback, checks, { resource: stack.demo.url })
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'mcp:repositories:list mcp:issue:read' })
  })

  it('accepts the access token as RFC 9068 wants it', async () => {
    const request = new Request(stack.demo.url, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    const { origin, pathname } = new URL(stack.server.issuer)
    expect(pathname).toBe('/')
    const server: oauth.AuthorizationServer = {
      issuer: stack.server.issuer,
      jwks_uri: `${origin}/.well-known/jwks.json`,
    }
    const claims = await validateJwtAccessToken(server, request, stack.demo.url, {
      [oauth.allowInsecureRequests]: true,
    })
    expect(claims).toMatchObject({ aud: stack.demo.url, iss: stack.server.issuer })
  })

  it('finds the protected resource metadata where RFC 9728 says', async () => {
    const resource = new URL(stack.demo.url)
    const response = await oauth.resourceDiscoveryRequest(resource, { [oauth.allowInsecureRequests]: true })
    const metadata = await oauth.processResourceDiscoveryResponse(resource, response)
    expect(metadata.authorization_servers).toEqual([stack.server.issuer])
  })

  it('calls the protected resource', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'whoami', arguments: {} },
    })
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' })
    const response = await client.fetchProtectedResource(
      configuration,
      tokens.access_token,
      new URL(stack.demo.url),
      'POST',
      body,
      headers,
    )
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('mcp:issue:read')
  })

  it('refreshes, naming neither resource nor scope, and gets a new refresh token (AS-RES-06, AS-RT-01)', async () => {
    const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(refreshed.scope).toBe('mcp:repositories:list mcp:issue:read')
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
    tokens = refreshed
  })

  it('asks as the resource, which signs in by key, what the token says, until its client revokes (AS-INT-01, AS-REV-01)', async () => {
    const { id, key } = stack.owner
    const proof = client.PrivateKeyJwt((await importJWK(key, 'ES256')) as CryptoKey)
    const resource = await client.discovery(new URL(stack.server.issuer), id, undefined, proof, insecure)
    const said = await client.tokenIntrospection(resource, tokens.access_token)
    expect(said).toMatchObject({
      active: true,
      aud: stack.demo.url,
      client_id: configuration.clientMetadata().client_id,
    })
    await client.tokenRevocation(configuration, tokens.refresh_token ?? '', { token_type_hint: 'refresh_token' })
    expect(await client.tokenIntrospection(resource, tokens.access_token)).toEqual({ active: false })
    await expect(client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })
})
