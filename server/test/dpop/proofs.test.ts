import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Authorization, approve, authorization, redeem, register } from '../setup/flow.ts'
import { createProofKey, type ProofKey, showing, signProof } from '../setup/proof-key.ts'
import { query } from '../setup/state.ts'

let server: TestServer
let key: ProofKey
let request: Authorization
let code: string
beforeAll(async () => {
  server = await startTestServer()
  key = await createProofKey()
  request = authorization(server, await register(server))
  ;({ code } = await approve(server, request))
})
afterAll(() => server.close())

const REFUSED = {
  status: 400,
  body: { error: 'invalid_dpop_proof', error_code: 'SALLYPORT_E_DPOP_PROOF', error_description: expect.any(String) },
}

/** Nothing of a refused proof happened: every test presents the same code, and the last one redeems it. */
describe('a proof is refused, and uses up no code,', () => {
  it.each([
    { because: 'for another method (A142)', claims: { htm: 'GET' } },
    { because: 'for no method (A142)', claims: { htm: undefined } },
    { because: 'for another path (A142)', claims: () => ({ htu: `${server.issuer}/par` }) },
    { because: 'for another host (A142)', claims: { htu: 'https://evil.example/token' } },
    { because: 'for an address with a query (A142)', claims: () => ({ htu: `${server.issuer}/token?x=1` }) },
    { because: 'for an address with a fragment (A142)', claims: () => ({ htu: `${server.issuer}/token#x` }) },
    { because: 'for no address (A142)', claims: { htu: undefined } },
    { because: 'six minutes old (A142)', claims: { iat: -360 } },
    { because: 'of in six minutes (A142)', claims: { iat: 360 } },
    { because: 'of no time (A142)', claims: { iat: undefined } },
    { because: 'of a time that is text', claims: { iat: 'now' } },
    { because: 'without an id', claims: { jti: undefined } },
    { because: 'with an empty id', claims: { jti: '' } },
    { because: 'with a number as id', claims: { jti: 7 } },
    { because: 'with an endless id', claims: { jti: 'x'.repeat(257) } },
    { because: 'with a nonce that is no text', claims: { nonce: 7 } },
    { because: 'of the type of any JWT (A142)', header: { typ: 'JWT' } },
    { because: 'of no type (A142)', header: { typ: undefined } },
    { because: 'of the type of an access token (A142)', header: { typ: 'at+jwt' } },
    { because: 'without its key', header: { jwk: undefined } },
    { because: 'with an extension nobody understands', header: { crit: ['x'], x: 1 } },
  ])('$because (AS-DPOP-01)', async ({ claims, header }) => {
    const changes = { claims: typeof claims === 'function' ? claims() : (claims ?? {}), header: header ?? {} }
    const proof = await signOrForge(changes)
    expect(await redeem(server, request, code, {}, { DPoP: proof })).toMatchObject(REFUSED)
  })

  /** `jose` does not sign with an extension that it does not know: such a header is put in place of the signed one. */
  async function signOrForge({ claims, header }: { claims: Record<string, unknown>; header: object }): Promise<string> {
    if (!('crit' in header)) return signProof(server, key, { claims, header })
    const [, payload, signature] = (await signProof(server, key, { claims })).split('.')
    const protectedHeader = { alg: key.alg, typ: 'dpop+jwt', jwk: key.jwk, ...header }
    return `${Buffer.from(JSON.stringify(protectedHeader)).toString('base64url')}.${payload}.${signature}`
  }

  it('with the private key in it (A142, AS-DPOP-01)', async () => {
    const jwk = await exportJWK(key.privateKey)
    const proof = await showing(server, key, { header: { jwk: jwk as never } })
    expect(await redeem(server, request, code, {}, proof)).toMatchObject(REFUSED)
  })

  it('signed by another key than the one it shows (AS-DPOP-01)', async () => {
    const other = await createProofKey()
    const proof = await showing(server, { ...other, jwk: key.jwk })
    expect(await redeem(server, request, code, {}, proof)).toMatchObject(REFUSED)
  })

  it('signed by a shared secret (A142, AS-DPOP-01)', async () => {
    const jwk = { kty: 'oct', k: Buffer.alloc(32).toString('base64url') }
    const shared = { ...key, alg: 'HS256', jwk, privateKey: new Uint8Array(32) as never }
    expect(await redeem(server, request, code, {}, await showing(server, shared))).toMatchObject(REFUSED)
  })

  it('by no signature at all (A142, AS-DPOP-01)', async () => {
    const [, payload] = (await signProof(server, key)).split('.')
    const header = { alg: 'none', typ: 'dpop+jwt', jwk: key.jwk }
    const proof = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.`
    expect(await redeem(server, request, code, {}, { DPoP: proof })).toMatchObject(REFUSED)
  })

  it.each(['RS256', 'PS256', 'ES384', 'ES512'])('signed with %s, which the metadata does not list', async (alg) => {
    const proof = await showing(server, await createProofKey(alg))
    expect(await redeem(server, request, code, {}, proof)).toMatchObject(REFUSED)
  })

  it('that comes twice, or beside another one (A142, AS-DPOP-01)', async () => {
    const [one, other] = [await signProof(server, key), await signProof(server, key)]
    for (const headers of [
      [
        ['DPoP', one],
        ['DPoP', other],
      ],
      [
        ['DPoP', one],
        ['DPoP', one],
      ],
    ] as [string, string][][]) {
      expect(await redeem(server, request, code, {}, headers)).toMatchObject(REFUSED)
    }
  })

  it.each(['', 'x', 'a.b.c', 'a.b.c.d.e', '..'])('that is "%s" and no JWT', async (proof) => {
    expect(await redeem(server, request, code, {}, { DPoP: proof })).toMatchObject(REFUSED)
  })

  it('and told to the operator with its reason, never with itself (AS-OPS-02)', async () => {
    const proof = await signProof(server, key, { claims: { iat: -360 } })
    const { body } = await redeem(server, request, code, {}, { DPoP: proof })
    const line = server.logged.find(({ detail }) => JSON.stringify(detail).includes(String(body.correlation_id)))
    expect(line).toMatchObject({
      message: 'a DPoP proof was refused',
      detail: { reason: expect.stringContaining('iat'), code: 'SALLYPORT_E_DPOP_PROOF' },
    })
    expect(JSON.stringify(server.logged)).not.toContain(proof.split('.')[2])
  })

  it('so that the code is still good at the end, and no proof that was refused is remembered', async () => {
    expect(await query(server, 'SELECT 1 FROM replays')).toEqual([])
    expect((await redeem(server, request, code, {}, await showing(server, key))).status).toBe(200)
  })
})

describe('the algorithms of proofs', () => {
  it('are those of the metadata, all asymmetric, each of them taken (AS-DISC-17, AS-DPOP-01)', async () => {
    const metadata = await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()
    expect(metadata.dpop_signing_alg_values_supported).toEqual(['ES256', 'EdDSA', 'Ed25519'])
    for (const alg of metadata.dpop_signing_alg_values_supported) {
      const each = authorization(server, request.clientId)
      const callback = await approve(server, each)
      const tokens = await redeem(server, each, callback.code, {}, await showing(server, await createProofKey(alg)))
      expect(tokens, alg).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
    }
  })
})
