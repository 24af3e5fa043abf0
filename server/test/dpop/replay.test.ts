import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register } from '../setup/flow.ts'
import { createKeyClient, type KeyClient, proofOf } from '../setup/key-client.ts'
import { createProofKey, type ProofKey, showing } from '../setup/proof-key.ts'
import { auditEvents, query } from '../setup/state.ts'

const REPLAYED = { status: 400, body: { error: 'invalid_dpop_proof', error_code: 'SALLYPORT_E_DPOP_PROOF' } }

let server: TestServer
let robot: KeyClient
let key: ProofKey
const browser = createBrowser()
beforeAll(async () => {
  robot = await createKeyClient('robot')
  const redirectUris = ['http://127.0.0.1/callback']
  server = await startTestServer({
    settings: { clients: [{ id: 'robot', name: 'Robot', redirectUris, jwks: robot.jwks }] },
  })
  key = await createProofKey()
})
afterAll(() => server.close())

async function newCode(clientId?: string) {
  const request = authorization(server, clientId ?? (await register(server)))
  const { code } = await approve(server, request, {}, browser)
  return { request, code, clientId: request.clientId }
}

describe('a proof', () => {
  it('counts once, and nothing of a second request happens: its code is still good (A141, I5, AS-DPOP-01)', async () => {
    const [first, second] = [await newCode(), await newCode()]
    const proof = await showing(server, key)
    expect((await redeem(server, first.request, first.code, {}, proof)).status).toBe(200)
    expect(await redeem(server, second.request, second.code, {}, proof)).toMatchObject(REPLAYED)
    expect((await auditEvents(server, 'client.refused')).at(-1)).toMatchObject({
      client_id: second.clientId,
      code: 'SALLYPORT_E_DPOP_PROOF',
      detail: { reason: 'proof-replayed' },
    })
    expect(server.logged.map(({ message }) => message)).toContain('a DPoP proof was presented again')
    const tokens = await redeem(server, second.request, second.code, {}, await showing(server, key))
    expect(tokens.status).toBe(200)
  })

  it('counts once for a refresh, within the grace window too, and the family lives on (A141, I5)', async () => {
    const { request, code, clientId } = await newCode()
    const tokens = await redeem(server, request, code, {}, await showing(server, key))
    const token = String(tokens.body.refresh_token)
    const proof = await showing(server, key)
    const first = await refresh(server, clientId, token, {}, proof)
    expect(first.status).toBe(200)
    expect(await refresh(server, clientId, token, {}, proof)).toMatchObject(REPLAYED)
    expect(await refresh(server, clientId, String(first.body.refresh_token), {}, proof)).toMatchObject(REPLAYED)
    const next = await refresh(server, clientId, String(first.body.refresh_token), {}, await showing(server, key))
    expect(next.status).toBe(200)
  })

  it('is not used up by a request that is refused for something else', async () => {
    const { request, code } = await newCode()
    const proof = await showing(server, key)
    expect((await redeem(server, request, code, { code_verifier: 'x'.repeat(43) }, proof)).status).toBe(400)
    expect((await redeem(server, request, code, {}, proof)).status).toBe(200)
  })

  it('of one key takes no id from another key, nor from an assertion that calls itself the same (A97, A141)', async () => {
    const claims = { jti: 'the same id' }
    for (const each of [key, await createProofKey()]) {
      const { request, code } = await newCode(robot.id)
      const assertion = await proofOf(server, robot, each === key ? { claims } : {})
      const tokens = await redeem(server, request, code, assertion, await showing(server, each, { claims }))
      expect(tokens.status).toBe(200)
    }
  })

  it('that was seen and an assertion that was seen are told apart: who the client is comes first (A97, A141)', async () => {
    const proof = await showing(server, key)
    const assertion = await proofOf(server, robot)
    const codes = [await newCode(robot.id), await newCode(robot.id)]
    const [first, second] = codes
    if (first === undefined || second === undefined) throw new Error('two codes were asked for')
    expect((await redeem(server, first.request, first.code, assertion, proof)).status).toBe(200)
    const both = await redeem(server, second.request, second.code, assertion, proof)
    expect(both).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const fresh = await proofOf(server, robot)
    expect(await redeem(server, second.request, second.code, fresh, proof)).toMatchObject(REPLAYED)
    const last = await redeem(
      server,
      second.request,
      second.code,
      await proofOf(server, robot),
      await showing(server, key),
    )
    expect(last.status).toBe(200)
  })

  it('is remembered as a digest for as long as it would be taken, also one of a clock that is ahead (A141, AS-RT-09)', async () => {
    for (const { iat, atLeast } of [
      { iat: 0, atLeast: 300 },
      { iat: 290, atLeast: 590 },
    ]) {
      await query(server, 'DELETE FROM replays')
      const { request, code } = await newCode()
      await redeem(server, request, code, {}, await showing(server, key, { claims: { iat } }))
      const rows = await query(
        server,
        'SELECT octet_length(id_hash) AS bytes, extract(epoch FROM expires_at - now())::int AS left FROM replays',
      )
      expect(rows).toEqual([{ bytes: 32, left: expect.any(Number) }])
      expect(Number(rows[0]?.left)).toBeGreaterThan(atLeast)
      expect(Number(rows[0]?.left)).toBeLessThan(atLeast + 320)
    }
  })
})
