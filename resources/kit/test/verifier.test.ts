import type { OAuthTokenVerifier } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import type { AuthInfo as SdkAuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js'
import type { AuthInfo as Sdk2AuthInfo, OAuthTokenVerifier as Sdk2TokenVerifier } from '@modelcontextprotocol/server'
import { type AuthInfo, IssuerUnavailableError, TokenRefusedError } from '@sallyport/resource'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { type GuardedServer, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
let server: GuardedServer

beforeAll(async () => {
  issuer = await startTestIssuer()
  server = await startGuardedServer(issuer)
})
afterAll(() => issuer.close())

describe('guard.verifier', () => {
  it('is an OAuthTokenVerifier of both lines of the MCP SDK', () => {
    expectTypeOf(server.guard.verifier).toExtend<OAuthTokenVerifier>()
    expectTypeOf(server.guard.verifier).toExtend<Sdk2TokenVerifier>()
    expectTypeOf<AuthInfo>().toExtend<SdkAuthInfo>()
    expectTypeOf<AuthInfo>().toExtend<Sdk2AuthInfo>()
  })

  it('answers a handle in place of the token, and who acts for whom (RS-TOK-10, R29)', async () => {
    const token = await issuer.sign({
      scope: 'a:b c:d',
      act: { sub: 'agent' },
      gid: 'g',
      jti: 'j',
      auth_time: 7,
      acr: 'x',
    })
    const info = await server.guard.verifier.verifyAccessToken(token)
    expect(info).toEqual({
      token: expect.stringMatching(/^at:[0-9a-f]{64}$/),
      clientId: 'client-1',
      scopes: ['a:b', 'c:d'],
      expiresAt: expect.any(Number),
      resource: new URL(RESOURCE),
      resourceMetadataUrl: server.guard.metadataUrl,
      extra: { sub: 'alice', iss: issuer.issuer, act: { sub: 'agent' }, gid: 'g', jti: 'j', auth_time: 7, acr: 'x' },
    })
    expect(JSON.stringify(info)).not.toContain(token)
  })

  it('answers the same handle for the same token and another for another', async () => {
    const [a, b] = await Promise.all([issuer.sign(), issuer.sign()])
    const handle = async (token: string): Promise<string> =>
      (await server.guard.verifier.verifyAccessToken(token)).token
    expect(await handle(a)).toBe(await handle(a))
    expect(await handle(a)).not.toBe(await handle(b))
  })

  it('throws for a token that is not good here, with a stable code and a general message', async () => {
    const error = await server.guard.verifier
      .verifyAccessToken(await issuer.sign({ aud: 'x' }))
      .catch((e: unknown) => e)
    expect(error).toBeInstanceOf(TokenRefusedError)
    expect(error).toMatchObject({
      code: 'invalid_token',
      errorCode: 'invalid_token',
      reason: 'SALLYPORT_E_TOKEN_AUDIENCE',
    })
    expect(String(error)).not.toContain('aud')
  })

  it('throws something else while the issuer is away, because that says nothing about the token (RS-401-09)', async () => {
    const alone = await startGuardedServer(issuer, { issuer: 'http://127.0.0.1:9' })
    const verifying = alone.guard.verifier.verifyAccessToken(await issuer.sign())
    await expect(verifying).rejects.toBeInstanceOf(IssuerUnavailableError)
  })
})
