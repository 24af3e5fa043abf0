import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, REDIRECT, redeem, register } from '../setup/flow.ts'
import { createKeyClient, type KeyClient, proofOf } from '../setup/key-client.ts'
import { createProofKey, showing } from '../setup/proof-key.ts'
import { push, pushedUrl } from '../setup/push.ts'
import { auditEvents, query } from '../setup/state.ts'

let server: TestServer
let robot: KeyClient
let clientId: string
beforeAll(async () => {
  robot = await createKeyClient('robot')
  server = await startTestServer({
    settings: { clients: [{ id: 'robot', name: 'Robot', redirectUris: [REDIRECT], jwks: robot.jwks }] },
  })
  clientId = await register(server)
})
afterAll(() => server.close())

const rows = async () => Number((await query(server, 'SELECT count(*)::int AS n FROM pushed_requests'))[0]?.n)

describe('a request that is pushed', () => {
  it('is answered with a name for it and how long that is good (AS-PAR-01)', async () => {
    const { status, body, headers } = await push(server, authorization(server, clientId))
    expect({ status, body }).toEqual({
      status: 201,
      body: { request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/), expires_in: 60 },
    })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('lies in the database under a digest, for a minute (AS-RT-09)', async () => {
    const { body } = await push(server, authorization(server, clientId, { state: 'kept-once' }))
    const id = String(body.request_uri).split(':').at(-1) ?? ''
    const found = await query(
      server,
      `SELECT octet_length(id_hash) AS bytes, extract(epoch FROM expires_at - now())::int AS left, t::text AS line
         FROM pushed_requests t WHERE payload::text LIKE '%kept-once%'`,
    )
    expect(found).toEqual([{ bytes: 32, left: expect.any(Number), line: expect.not.stringContaining(id) }])
    expect(Number(found[0]?.left)).toBeLessThanOrEqual(60)
    expect(Number(found[0]?.left)).toBeGreaterThan(30)
  })

  it.each([
    {
      because: 'a redirect URI that is not its own',
      change: { redirect_uri: 'https://evil.example' },
      error: 'invalid_request',
    },
    { because: 'no redirect URI', change: { redirect_uri: undefined }, error: 'invalid_request' },
    {
      because: 'no code challenge (AS-AZ-03)',
      change: { code_challenge: undefined, code_challenge_method: undefined },
      error: 'invalid_request',
    },
    { because: 'a plain challenge (A19)', change: { code_challenge_method: 'plain' }, error: 'invalid_request' },
    {
      because: 'a resource that is not here',
      change: { resource: 'https://nobody.example/mcp' },
      error: 'invalid_target',
    },
    { because: 'a scope that cannot be had', change: { scope: 'mcp:branch:delete' }, error: 'invalid_scope' },
    { because: 'another response type', change: { response_type: 'token' }, error: 'unsupported_response_type' },
    { because: 'another response mode', change: { response_mode: 'fragment' }, error: 'unsupported_response_mode' },
    { because: 'an unknown client', change: { client_id: 'nobody' }, error: 'invalid_client' },
    { because: 'no client', change: { client_id: undefined }, error: 'invalid_request' },
    { because: 'a request object (A24)', change: { request: 'e30.e30.' }, error: 'request_not_supported' },
    {
      because: 'a name of another request (A24)',
      change: { request_uri: 'https://evil.example/r' },
      error: 'request_uri_not_supported',
    },
    { because: 'a null character', change: { state: 'a\0b' }, error: 'invalid_request' },
  ])('is refused at once, in JSON, with $because', async ({ change, error }) => {
    const before = await rows()
    const { status, body, headers } = await push(server, authorization(server, clientId), change)
    expect({ status, error: body.error }).toEqual({ status: error === 'invalid_client' ? 401 : 400, error })
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(body.error_code).toMatch(/^SALLYPORT_E_(?!INTERNAL)/)
    expect(await rows()).toBe(before)
  })

  it('is refused with parameters in the address, as a get, and when it is too large', async () => {
    const form = new URL(authorization(server, clientId).url).searchParams
    const query = await fetch(`${server.issuer}/par?${form}`, { method: 'POST', body: form })
    expect(query.status).toBe(400)
    expect((await fetch(`${server.issuer}/par?${form}`)).status).toBe(405)
    expect((await push(server, authorization(server, clientId), { state: 'x'.repeat(60_000) })).status).toBe(413)
  })

  it('may say the resource in any of its spellings (A123)', async () => {
    const request = authorization(server, clientId)
    const { body } = await push(server, request, { resource: `${RESOURCE}/` })
    const { code } = await approve(server, { url: pushedUrl(server, clientId, body.request_uri) })
    expect(await redeem(server, request, code)).toMatchObject({ status: 200 })
  })

  it('may be larger than an address can be', async () => {
    const request = authorization(server, clientId)
    const { body } = await push(server, request, { login_hint: 'x'.repeat(20_000) })
    const { code } = await approve(server, { url: pushedUrl(server, clientId, body.request_uri) })
    expect((await redeem(server, request, code)).status).toBe(200)
  })
})

describe('an issuer with a path', () => {
  it('takes pushed requests and proofs below it, made for the addresses that its metadata names (AS-DISC-04, A142)', async () => {
    const tenant = await startTestServer({ path: '/tenant' })
    const key = await createProofKey()
    const request = authorization(tenant, await register(tenant))
    const outside = await push(tenant, request, {}, await showing({ issuer: tenant.origin }, key, {}, '/par'))
    expect(outside).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
    const { body } = await push(tenant, request, {}, await showing(tenant, key, {}, '/par'))
    const { code } = await approve(tenant, { url: pushedUrl(tenant, request.clientId, body.request_uri) })
    expect(await redeem(tenant, request, code, {}, await showing(tenant, key))).toMatchObject({ status: 200 })
    await tenant.close()
  })
})

describe('a client that signs in by key', () => {
  it('proves itself as at the token endpoint, and its assertion counts once (A97, A98, I5)', async () => {
    const request = authorization(server, robot.id)
    expect((await push(server, request)).status).toBe(401)
    for (const aud of [`${server.issuer}/par`, `${server.issuer}/token`, [server.issuer]]) {
      const proof = await proofOf(server, robot, { claims: { aud } })
      expect(await push(server, request, proof)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    }
    const proof = await proofOf(server, robot)
    const pushed = await push(server, request, proof)
    expect(pushed.status).toBe(201)
    const before = await rows()
    expect(await push(server, request, proof)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await rows()).toBe(before)
    expect((await auditEvents(server, 'client.refused')).at(-1)).toMatchObject({ detail: { reason: 'replayed' } })
    const { code } = await approve(server, { url: pushedUrl(server, robot.id, pushed.body.request_uri) })
    expect((await redeem(server, request, code, await proofOf(server, robot))).status).toBe(200)
  })

  it('names itself beside its assertion, as in any authorization request (RFC 9126 §2.1)', async () => {
    const proof = await proofOf(server, robot)
    const unnamed = await push(server, authorization(server, robot.id), { client_id: undefined, ...proof })
    expect(unnamed).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const another = await push(server, authorization(server, robot.id), { client_id: clientId, ...proof })
    expect(another).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })
})

describe('a request that is pushed with a key', () => {
  it.each(['a proof', 'dpop_jkt'])('by %s makes a code for that key alone (AS-DPOP-05)', async (how) => {
    const [key, other] = await Promise.all([createProofKey(), createProofKey()])
    const request = authorization(server, clientId)
    const pushed =
      how === 'a proof'
        ? await push(server, request, {}, await showing(server, key, {}, '/par'))
        : await push(server, request, { dpop_jkt: key.thumbprint })
    expect(pushed.status).toBe(201)
    const { code } = await approve(server, { url: pushedUrl(server, clientId, pushed.body.request_uri) })
    const wrong = await redeem(server, request, code, {}, await showing(server, other))
    expect(wrong.body.error).toBe('invalid_grant')
    expect((await redeem(server, request, code)).body.error).toBe('invalid_grant')
    expect((await redeem(server, request, code, {}, await showing(server, key))).status).toBe(200)
  })

  it('is refused with a proof of another key than dpop_jkt says, for the token endpoint, or seen before (A141, A142, AS-DPOP-05)', async () => {
    const key = await createProofKey()
    const request = authorization(server, clientId)
    const differs = await push(server, request, { dpop_jkt: 'x'.repeat(43) }, await showing(server, key, {}, '/par'))
    expect(differs).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const elsewhere = await push(server, request, {}, await showing(server, key))
    expect(elsewhere).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
    const proof = await showing(server, key, {}, '/par')
    expect((await push(server, request, {}, proof)).status).toBe(201)
    const before = await rows()
    expect(await push(server, request, {}, proof)).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
    expect(await rows()).toBe(before)
  })
})
