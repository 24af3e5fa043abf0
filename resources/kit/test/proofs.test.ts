import { DpopSession, withDpop } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, type GuardedServer, startGuardedServer } from './setup/guarded-server.ts'
import { createProver, type Prover } from './setup/proofs.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
let server: GuardedServer
let clock: number
let prover: Prover
beforeAll(async () => {
  issuer = await startTestIssuer()
})
afterAll(() => issuer.close())
beforeEach(async () => {
  clock = Math.floor(Date.now() / 1000)
  prover = await createProver(() => clock)
  server = await startGuardedServer(issuer, { clock: () => clock })
})

const boundTo = (jkt: string, scope = 'mcp:issue:read'): Promise<string> => issuer.sign({ scope, cnf: { jkt } })

const send = (token: string, proof: string | undefined, body: unknown = call('issue_read')): Promise<Response> =>
  server.post(body, undefined, { authorization: `DPoP ${token}`, ...(proof !== undefined && { dpop: proof }) })

const codes = (): readonly string[] =>
  server.logged.map(({ code }) => code).filter((code) => code !== 'SALLYPORT_E_NO_REVOCATIONS')

describe('a token that is bound to a key', () => {
  it('is taken with a proof of this key, and neither of the two is handed on (RS-TOK-09, RS-DPOP-01, GW-08)', async () => {
    const token = await boundTo(prover.thumbprint)
    expect((await send(token, await prover.prove(token))).status).toBe(200)
    const [arrival] = server.arrivals
    expect(arrival?.access?.keyThumbprint).toBe(prover.thumbprint)
    expect([...(arrival?.request.headers.keys() ?? [])]).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:authorization|dpop)$/)]),
    )
  })

  it('is refused as a bearer token, with and without a proof, and the answer says how it has to come (RS-TOK-09, A144)', async () => {
    const token = await boundTo(prover.thumbprint)
    for (const headers of [{}, { dpop: await prover.prove(token) }]) {
      const answer = await server.post(call('issue_read'), token, headers)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_token".* algs="ES256 /)
    }
    await expect(server.guard.verifier.verifyAccessToken(token)).rejects.toMatchObject({
      reason: 'SALLYPORT_E_TOKEN_SENDER_CONSTRAINED',
    })
    expect(server.arrivals).toEqual([])
  })

  it('is refused with a proof by another key', async () => {
    const token = await boundTo(prover.thumbprint)
    const thief = await createProver(() => clock)
    const answer = await send(token, await thief.prove(token))
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(codes()).toEqual(['SALLYPORT_E_TOKEN_SENDER_CONSTRAINED'])
  })

  it('is refused where it is bound in a way that nobody checks here', async () => {
    for (const cnf of [{ 'x5t#S256': 'x' }, { jkt: prover.thumbprint, 'x5t#S256': 'x' }, { jkt: 1 }, 'x', {}]) {
      const token = await issuer.sign({ cnf })
      expect((await send(token, await prover.prove(token))).status).toBe(401)
    }
  })

  it('asks for what is missing in the scheme the client speaks', async () => {
    const token = await boundTo(prover.thumbprint)
    const answer = await send(token, await prover.prove(token), call('issue_create'))
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP error="insufficient_scope".*scope="mcp:issue:create"/)
  })
})

describe('a token that is bound to no key', () => {
  it('does not come as DPoP: nothing ties the proof to it', async () => {
    const token = await issuer.sign({ scope: 'mcp:issue:read' })
    expect((await send(token, await prover.prove(token))).status).toBe(401)
    expect((await server.post(call('issue_read'), token)).status).toBe(200)
  })
})

describe('a proof', () => {
  it.each(['ES256', 'PS256', 'EdDSA', 'RS256'])('by %s is taken', async (alg) => {
    const other = await createProver(() => clock, alg)
    const token = await boundTo(other.thumbprint)
    expect((await send(token, await other.prove(token))).status).toBe(200)
  })

  it.each([-300, 0, 300])('by a clock that is off by %d seconds is taken', async (seconds) => {
    const token = await boundTo(prover.thumbprint)
    expect((await send(token, await prover.prove(token, { iat: clock + seconds }))).status).toBe(200)
  })

  it('is taken once, however many requests bring it together (A141)', async () => {
    const token = await boundTo(prover.thumbprint)
    const proof = await prover.prove(token)
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => send(token, proof)))).map(
      ({ status }) => status,
    )
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 401)])
    clock += 300
    expect((await send(token, proof)).status).toBe(401)
  })

  it.each([
    { what: 'for another method', claims: { htm: 'GET' } },
    { what: 'for another endpoint', claims: { htu: 'https://mcp.example.com/other' } },
    { what: 'for another host', claims: { htu: 'https://other.example.com/mcp' } },
    { what: 'for no address', claims: { htu: 'mcp' } },
    { what: 'that is six minutes old', claims: { iat: -360 } },
    { what: 'that is six minutes ahead', claims: { iat: 360 } },
    { what: 'without a time', claims: { iat: undefined } },
    { what: 'without an id', claims: { jti: undefined } },
    { what: 'with an endless id', claims: { jti: 'x'.repeat(257) } },
    { what: 'for no token', claims: { ath: undefined } },
    { what: 'for another token', claims: { ath: 'x' } },
    { what: 'of another type', header: { typ: 'JWT' } },
    { what: 'with an extension that nobody knows', header: { crit: ['b64'], b64: true } },
  ] as { what: string; claims?: Record<string, unknown>; header?: Record<string, unknown> }[])(
    '$what is refused, as a proof and not as a token (A142)',
    async ({ claims = {}, header = {} }) => {
      const token = await boundTo(prover.thumbprint)
      const shift = typeof claims.iat === 'number' ? { iat: clock + claims.iat } : {}
      const answer = await send(token, await prover.prove(token, { ...claims, ...shift }, header))
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_dpop_proof".*algs="/)
      expect(codes()).toEqual(['SALLYPORT_E_TOKEN_PROOF'])
    },
  )

  it('that is missing, doubled, no JWT, by a private key or by a shared secret is refused (A142)', async () => {
    const token = await boundTo(prover.thumbprint)
    const secret = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA' }
    const key = await crypto.subtle.importKey('jwk', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const proofs = [
      undefined,
      `${await prover.prove(token)}, ${await prover.prove(token)}`,
      'x',
      'x'.repeat(5_000),
      await prover.prove(token, {}, { jwk: prover.privateJwk }),
      await prover.prove(token, {}, { alg: 'HS256', jwk: secret }, key),
      await prover.prove(token, {}, { jwk: (await createProver(() => clock)).publicJwk }),
    ]
    for (const proof of proofs) expect((await send(token, proof)).status).toBe(401)
    expect(server.arrivals).toEqual([])
  })

  it('with a token that is no good is not used up', async () => {
    const token = await boundTo(prover.thumbprint)
    const proof = await prover.prove(token)
    clock += 3_600
    expect((await send(token, proof)).status).toBe(401)
    clock -= 3_600
    expect((await send(token, proof)).status).toBe(200)
  })
})

describe('the client of the SDK that proves by itself', () => {
  it('is understood', async () => {
    const session = await DpopSession.create()
    const token = await boundTo(session.thumbprint)
    const prove = withDpop(session, async () => token)
    const fetchWithProof = prove((url, init) => server.send(String(url), init))
    const body = JSON.stringify(call('issue_read'))
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    expect((await fetchWithProof(RESOURCE, init)).status).toBe(200)
    expect((await fetchWithProof(RESOURCE, init)).status).toBe(200)
  })

  it('finds in the metadata by what it may prove (RFC 9728 §2)', () => {
    expect(server.guard.metadata.dpop_signing_alg_values_supported).toContain('ES256')
  })
})
