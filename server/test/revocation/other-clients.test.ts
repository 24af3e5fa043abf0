import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONFIDENTIAL, giveResource, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { signInAndRedeem } from '../setup/flow.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
})
afterAll(() => server.close())

async function issue(): Promise<{ clientId: string; accessToken: string }> {
  const { clientId, tokens } = await signInAndRedeem(server)
  return { clientId, accessToken: String(tokens.body.access_token) }
}

describe('clients that others wrote find the endpoints in the metadata, ask, and understand the answers (AS-REV-01, AS-INT-01)', () => {
  it('oauth4webapi', async () => {
    const { clientId, accessToken } = await issue()
    const insecure = { [oauth.allowInsecureRequests]: true }
    const issuer = new URL(server.issuer)
    const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
    const as = await oauth.processDiscoveryResponse(issuer, found)
    const owner: oauth.Client = { client_id: CONFIDENTIAL.owner.id }
    const proof = oauth.ClientSecretPost(CONFIDENTIAL.owner.secret)
    const introspect = async () => {
      const response = await oauth.introspectionRequest(as, owner, proof, accessToken, insecure)
      return oauth.processIntrospectionResponse(as, owner, response)
    }
    expect(await introspect()).toMatchObject({ active: true, aud: RESOURCE, iss: server.issuer, client_id: clientId })
    const client: oauth.Client = { client_id: clientId }
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(as, client, oauth.None(), accessToken, insecure),
    )
    expect(await introspect()).toEqual({ active: false })
  })

  it('openid-client', async () => {
    const { clientId, accessToken } = await issue()
    const discover = (id: string, secret?: string) =>
      openid.discovery(new URL(server.issuer), id, secret, secret === undefined ? openid.None() : undefined, {
        algorithm: 'oauth2',
        execute: [openid.allowInsecureRequests],
      })
    const owner = await discover(CONFIDENTIAL.owner.id, CONFIDENTIAL.owner.secret)
    expect(await openid.tokenIntrospection(owner, accessToken)).toMatchObject({ active: true, client_id: clientId })
    await openid.tokenRevocation(await discover(clientId), accessToken, { token_type_hint: 'access_token' })
    expect(await openid.tokenIntrospection(owner, accessToken)).toEqual({ active: false })
  })
})
