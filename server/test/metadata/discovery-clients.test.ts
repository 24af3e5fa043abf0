import { discoverAuthorizationServerMetadata } from '@modelcontextprotocol/sdk/client/auth.js'
import { OAuthMetadataSchema, OpenIdProviderDiscoveryMetadataSchema } from '@modelcontextprotocol/sdk/shared/auth.js'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'

describe.each([{ path: '' }, { path: '/tenant' }])('an issuer with the path "$path" is found by', ({ path }) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ path })
  })
  afterAll(() => server.close())

  it('the MCP SDK 1.x, which parses both documents (AS-DISC-14)', async () => {
    const found = await discoverAuthorizationServerMetadata(server.issuer)
    expect(found).toMatchObject({ issuer: server.issuer, code_challenge_methods_supported: ['S256'] })
    const document = await (await fetch(`${server.origin}/.well-known/openid-configuration${path}`)).json()
    expect(OAuthMetadataSchema.parse(document)).toMatchObject({ issuer: server.issuer })
    expect(OpenIdProviderDiscoveryMetadataSchema.parse(document)).toMatchObject({ issuer: server.issuer })
  })

  it.each(['oauth2', 'oidc'] as const)('oauth4webapi by the rules of %s (A40)', async (algorithm) => {
    const issuer = new URL(server.issuer)
    const response = await oauth.discoveryRequest(issuer, { algorithm, [oauth.allowInsecureRequests]: true })
    const found = await oauth.processDiscoveryResponse(issuer, response)
    expect(found).toMatchObject({ issuer: server.issuer, authorization_response_iss_parameter_supported: true })
  })

  it.each(['oauth2', 'oidc'] as const)('openid-client by the rules of %s', async (algorithm) => {
    const options = { algorithm, execute: [openid.allowInsecureRequests] }
    const found = await openid.discovery(new URL(server.issuer), 'some-client', undefined, openid.None(), options)
    expect(found.serverMetadata()).toMatchObject({ issuer: server.issuer, token_endpoint: `${server.issuer}/token` })
  })
})
