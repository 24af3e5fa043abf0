import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { signInAndRedeem } from '../setup/flow.ts'

/** Members that only a private key has (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

describe.each([
  { algorithm: 'ES256', kty: 'EC' },
  { algorithm: 'EdDSA', kty: 'OKP' },
] as const)('the key set of a server that signs with $algorithm', ({ algorithm, kty }) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ settings: { signingAlgorithm: algorithm } })
  })
  afterAll(() => server.close())

  const readKeys = async () => {
    const response = await fetch(`${server.issuer}/.well-known/jwks.json`)
    const body: { keys: Record<string, string>[] } = await response.json()
    return { response, keys: body.keys }
  }

  it('holds public members and a kid, and nothing private (AS-DISC-21, A147)', async () => {
    const { response, keys } = await readKeys()
    expect(response.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/)
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) {
      expect(key).toMatchObject({ kty, use: 'sig', kid: expect.stringMatching(/^[\w-]{16,}$/) })
      expect(Object.keys(key).filter((member) => PRIVATE_MEMBERS.includes(member))).toEqual([])
    }
  })

  it('verifies the tokens, which name their key and the same issuer as everything else (AS-DISC-03)', async () => {
    const { tokens, callback } = await signInAndRedeem(server)
    const { keys } = await readKeys()
    const { protectedHeader, payload } = await jwtVerify(
      String(tokens.body.access_token),
      createLocalJWKSet({ keys: keys as never }),
      { issuer: server.issuer, audience: RESOURCE, algorithms: [algorithm] },
    )
    expect(keys.map(({ kid }) => kid)).toContain(protectedHeader.kid)
    const metadata = await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()
    const spellings = [metadata.issuer, callback.params.get('iss'), payload.iss]
    expect(spellings).toEqual([server.issuer, server.issuer, server.issuer])
    expect(metadata.id_token_signing_alg_values_supported).toEqual([algorithm])
  })
})
