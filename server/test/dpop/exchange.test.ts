import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, claimsOf, exchange, FRONT, STORE, startChain } from '../exchange/chain.ts'
import { approve, authorization, redeem, register, tokenRequest } from '../setup/flow.ts'
import { proofOf } from '../setup/key-client.ts'
import { createProofKey, type ProofKey, showing } from '../setup/proof-key.ts'
import { auditEvents } from '../setup/state.ts'

let chain: Chain
let personsKey: ProofKey
let serversKey: ProofKey
let bound: string
let bearer: string
beforeAll(async () => {
  chain = await startChain()
  ;[personsKey, serversKey] = await Promise.all([createProofKey(), createProofKey()])
  bound = await tokenFor(await showing(chain.server, personsKey))
  bearer = await tokenFor({})
})
afterAll(() => chain.server.close())

async function tokenFor(proof: HeadersInit): Promise<string> {
  const request = authorization(chain.server, await register(chain.server), { resource: FRONT })
  const { code } = await approve(chain.server, request)
  const { body } = await redeem(chain.server, request, code, { resource: FRONT }, proof)
  return String(body.access_token)
}

const show = () => showing(chain.server, serversKey)

describe('a token that is bound to the key of its client', () => {
  it('is not exchanged by a request that shows no key (A139, AS-TX-09)', async () => {
    expect(decodeJwt(bound)).toMatchObject({ cnf: { jkt: personsKey.thumbprint } })
    const { status, body } = await exchange(chain.server, chain.front, bound)
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_request' })
    expect((await auditEvents(chain.server, 'token.refused')).at(-1)).toMatchObject({
      client_id: 'front',
      detail: { reason: 'subject-token-bound-to-key' },
    })
  })

  it('becomes one that is bound to the key of the server that asks, and so on down the chain (A139, AS-TX-09, I7)', async () => {
    const first = await exchange(chain.server, chain.front, bound, {}, await show())
    expect(first).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
    expect(claimsOf(first)).toMatchObject({ cnf: { jkt: serversKey.thumbprint }, act: { sub: 'front' } })
    const token = String(first.body.access_token)
    expect((await exchange(chain.server, chain.api, token, { resource: STORE })).status).toBe(400)
    const second = await exchange(chain.server, chain.api, token, { resource: STORE }, await show())
    expect(claimsOf(second)).toMatchObject({ cnf: { jkt: serversKey.thumbprint }, aud: STORE })
  })

  it('is nobody’s to exchange but the owner’s of its audience, whatever key is shown (A127, AS-TX-03)', async () => {
    for (const key of [personsKey, serversKey]) {
      const proof = await showing(chain.server, key)
      const { status, body } = await exchange(chain.server, chain.stranger, bound, {}, proof)
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_request' })
    }
  })
})

describe('a token that is bound to no key', () => {
  it('is exchanged as before, and becomes bound when the server that asks shows its key', async () => {
    const plain = await exchange(chain.server, chain.front, bearer)
    expect(plain).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
    expect(claimsOf(plain)).not.toHaveProperty('cnf')
    const shown = await exchange(chain.server, chain.front, bearer, {}, await show())
    expect(shown).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
    expect(claimsOf(shown)).toMatchObject({ cnf: { jkt: serversKey.thumbprint } })
  })
})

describe('the proof of an exchange', () => {
  it('must hold, and counts once: assertion and subject token stay as they were (A141, A142, I5)', async () => {
    const wrong = await showing(chain.server, serversKey, { claims: { htm: 'GET' } })
    const assertion = await proofOf(chain.server, chain.front)
    const refused = await exchange(chain.server, chain.front, bearer, assertion, wrong)
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
    const proof = await show()
    expect((await exchange(chain.server, chain.front, bearer, assertion, proof)).status).toBe(200)
    const again = await exchange(chain.server, chain.front, bearer, {}, proof)
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
    expect(again.body).not.toHaveProperty('access_token')
  })

  it('is missing where the server gets only bound tokens (AS-DPOP-03)', async () => {
    const { front } = chain
    const strict = await startChain({
      settings: {
        clients: [{ id: 'front', name: 'front', redirectUris: [], jwks: front.jwks, dpopBoundAccessTokens: true }],
        resources: [],
      },
    })
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'x' }
    const { body } = await tokenRequest(strict.server, { ...form, ...(await proofOf(strict.server, front)) })
    expect(body).toMatchObject({ error: 'invalid_dpop_proof', error_code: 'SALLYPORT_E_DPOP_PROOF' })
    await strict.server.close()
  })
})
