import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACR } from '../../src/config/authentication-class.ts'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, register, signInAndRedeem } from '../setup/flow.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('an authorization code', () => {
  it('becomes an access token whose audience is the resource alone (AS-RES-01, AS-TK-09)', async () => {
    const { tokens, callback, clientId } = await signInAndRedeem(server)
    expect(callback.params.get('iss')).toBe(server.issuer)
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 600 } })
    const accessToken = String(tokens.body.access_token)
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    expect(decodeJwt(accessToken)).toMatchObject({
      iss: server.issuer,
      aud: RESOURCE,
      client_id: clientId,
      scope: 'mcp:repositories:list mcp:issue:read',
      gid: expect.any(String),
      auth_time: expect.any(Number),
      acr: ACR.password,
    })
  })

  it.each([{ sent: undefined }, { sent: '' }])(
    'is redeemed without a redirect URI, which OAuth 2.1 has no more: the verifier says whose it is (AS-RED-07, A93): $sent',
    async ({ sent }) => {
      const clientId = await register(server)
      const request = authorization(server, clientId)
      const { code } = await approve(server, request)
      expect(await redeem(server, request, code, { redirect_uri: sent })).toMatchObject({ status: 200 })
      expect(await redeem(server, request, code, { redirect_uri: sent })).toMatchObject({ status: 400 })
    },
  )
})
