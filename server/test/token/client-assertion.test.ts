import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, REDIRECT, redeem, refresh, register, tokenRequest } from '../setup/flow.ts'
import { createKeyClient, type KeyClient, proofOf, signAssertion } from '../setup/key-client.ts'
import { auditEvents, query } from '../setup/state.ts'

const ALGORITHMS = ['ES256', 'EdDSA', 'PS256', 'RS256']
const REFUSED = { status: 401, error: 'invalid_client' }

let server: TestServer
let robot: KeyClient
let others: readonly KeyClient[]
beforeAll(async () => {
  robot = await createKeyClient('robot')
  others = await Promise.all([...ALGORITHMS, 'ES384', 'RS512'].map((alg) => createKeyClient(`client-${alg}`, alg)))
  const clients = [robot, ...others.filter(({ alg }) => alg !== 'ES384')].map(({ id, jwks }) => {
    return { id, name: id, redirectUris: [REDIRECT], jwks }
  })
  server = await startTestServer({ settings: { clients } })
})
afterAll(() => server.close())

/** Authentication is behind us when the refresh token is what is refused. */
async function authenticate(form: Record<string, string | undefined>) {
  const { status, body } = await tokenRequest(server, {
    grant_type: 'refresh_token',
    refresh_token: 'unknown',
    ...form,
  })
  return { status, error: body.error }
}
const PASSED = { status: 400, error: 'invalid_grant' }

describe('a client that signs in by key (private_key_jwt)', () => {
  it.each(ALGORITHMS)('is taken with %s, with and without its id in the body (AS-TK-07, AS-DISC-10)', async (alg) => {
    const client = others.find((each) => each.alg === alg) ?? robot
    expect(await authenticate(await proofOf(server, client))).toEqual(PASSED)
    expect(await authenticate({ ...(await proofOf(server, client)), client_id: client.id })).toEqual(PASSED)
  })

  it('gets tokens with its proof, and none without (AS-CIMD-11, A96)', async () => {
    const request = authorization(server, robot.id)
    const { code } = await approve(server, request)
    expect(await redeem(server, request, code)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const wrong = await redeem(server, request, code, { client_secret: 'x'.repeat(43) })
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await redeem(server, request, code, await proofOf(server, robot))).toMatchObject({ status: 200 })
  })

  it.each([
    { because: 'for the token endpoint', claims: () => ({ aud: `${server.issuer}/token` }) },
    { because: 'for us and for another', claims: () => ({ aud: [server.issuer, 'https://evil.example'] }) },
    { because: 'for a list with only us', claims: () => ({ aud: [server.issuer] }) },
    { because: 'for us with a slash', claims: () => ({ aud: `${server.issuer}/` }) },
    { because: 'for another issuer', claims: () => ({ aud: 'https://evil.example' }) },
    { because: 'for nobody', claims: () => ({ aud: undefined }) },
  ])('is refused an assertion $because (A98, AS-TK-07)', async ({ claims }) => {
    expect(await authenticate(await proofOf(server, robot, { claims: claims() }))).toEqual(REFUSED)
  })

  it.each([
    { because: 'that lives for a year', claims: { exp: 365 * 86_400 } },
    { because: 'that lives a little too long', claims: { exp: 330 } },
    { because: 'without an end', claims: { exp: undefined } },
    { because: 'whose end is a text', claims: { exp: '4102444800' } },
    { because: 'that has ended', claims: { exp: -30, iat: -90 } },
    { because: 'of tomorrow', claims: { exp: 200, iat: 100 } },
    { because: 'that begins later', claims: { nbf: 100 } },
    { because: 'that ended before it began', claims: { exp: 5, iat: 10 } },
    { because: 'of another issuer', claims: { iss: 'client-RS256' } },
    { because: 'about somebody else', claims: { sub: 'client-RS256' } },
    { because: 'about nobody', claims: { sub: undefined } },
    { because: 'without an id', claims: { jti: undefined } },
    { because: 'with an empty id', claims: { jti: '' } },
    { because: 'with a number as id', claims: { jti: 7 } },
    { because: 'with an endless id', claims: { jti: 'x'.repeat(257) } },
  ])('is refused an assertion $because (A99, AS-TK-07)', async ({ claims }) => {
    expect(await authenticate(await proofOf(server, robot, { claims }))).toEqual(REFUSED)
  })

  it.each(['at+jwt', 'dpop+jwt', 'oauth-id-jag+jwt', 'secevent+jwt', 'application/jwt'])(
    'is refused a token of the type %s, which was made for something else (A99)',
    async (typ) => {
      expect(await authenticate(await proofOf(server, robot, { header: { typ } }))).toEqual(REFUSED)
    },
  )

  it.each(['JWT', 'client-authentication+jwt'])('may say that it is a %s', async (typ) => {
    expect(await authenticate(await proofOf(server, robot, { header: { typ } }))).toEqual(PASSED)
  })

  it('is refused what another key signed, under its own name', async () => {
    const stranger = { ...(await createKeyClient('robot')), jwks: robot.jwks }
    expect(await authenticate(await proofOf(server, stranger))).toEqual(REFUSED)
    const named = await proofOf(server, stranger, { header: { jwk: stranger.jwks.keys[0] as never } })
    expect(await authenticate(named)).toEqual(REFUSED)
  })

  it('is refused an algorithm that is not on the list, though its key would fit (A99)', async () => {
    const client = others.find(({ alg }) => alg === 'RS512') ?? robot
    expect(await authenticate(await proofOf(server, client))).toEqual(REFUSED)
  })

  it.each([
    { because: 'no signature', header: { alg: 'none' }, signature: '' },
    { because: 'its public key as a shared secret', header: { alg: 'HS256' }, signature: 'AAAA' },
    { because: 'an unknown critical extension', header: { alg: 'ES256', crit: ['x'], x: 1 }, signature: 'AAAA' },
    { because: 'an unencoded payload', header: { alg: 'ES256', crit: ['b64'], b64: false }, signature: 'AAAA' },
    { because: 'a changed signature', header: { alg: 'ES256', kid: 'robot-key' }, signature: 'AAAA' },
  ])('is refused an assertion with $because (A99)', async ({ header, signature }) => {
    const [, payload] = (await signAssertion(server, robot)).split('.')
    const assertion = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`
    const proof = await proofOf(server, robot)
    expect(await authenticate({ ...proof, client_assertion: assertion })).toEqual(REFUSED)
  })

  it.each([
    { because: 'no type', form: { client_assertion_type: undefined } },
    {
      because: 'another type',
      form: { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
    },
    { because: 'another client in the body', form: { client_id: 'client-RS256' } },
    { because: 'no JWT', form: { client_assertion: 'x' } },
    { because: 'a secret beside it (A95, A96)', form: { client_secret: 'x' } },
  ])('hears 400 for an assertion with $because', async ({ form }) => {
    const proof = await proofOf(server, robot)
    expect(await authenticate({ ...proof, ...form })).toEqual({ status: 400, error: 'invalid_request' })
  })

  it('is refused an assertion about a text that is none', async () => {
    for (const sub of [7, ['robot'], { id: 'robot' }, true]) {
      const { status } = await authenticate(await proofOf(server, robot, { claims: { sub } }))
      expect([400, 401]).toContain(status)
    }
  })
})

describe('an assertion', () => {
  async function signedIn(): Promise<string> {
    const request = authorization(server, robot.id)
    const { code } = await approve(server, request)
    const tokens = await redeem(server, request, code, await proofOf(server, robot))
    return String(tokens.body.refresh_token)
  }

  it('that was taken once is never taken again, and nothing of the second request happens (A97, I5, AS-TK-07)', async () => {
    const token = await signedIn()
    const proof = await proofOf(server, robot)
    const first = await refresh(server, robot.id, token, proof)
    expect(first.status).toBe(200)
    const used = () => query(server, 'SELECT count(*)::int AS used FROM refresh_tokens WHERE consumed_at IS NOT NULL')
    const before = await used()
    const second = await refresh(server, robot.id, String(first.body.refresh_token), proof)
    expect(second).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(second.body).not.toHaveProperty('access_token')
    expect(await used()).toEqual(before)
    const again = await refresh(server, robot.id, String(first.body.refresh_token), await proofOf(server, robot))
    expect(again.status).toBe(200)
    expect((await auditEvents(server, 'client.refused')).at(-1)).toMatchObject({
      client_id: 'robot',
      code: 'SALLYPORT_E_CLIENT',
      detail: { reason: 'replayed' },
    })
  })

  it('is not used up by a request that is refused: the client corrects it and sends it again', async () => {
    const token = await signedIn()
    const proof = await proofOf(server, robot)
    expect(await authenticate(proof)).toEqual(PASSED)
    expect((await refresh(server, robot.id, token, proof)).status).toBe(200)
  })

  it('is used up by whatever succeeds: a revocation as well as a token (A97)', async () => {
    const proof = await proofOf(server, robot)
    const revoke = () =>
      fetch(`${server.issuer}/revoke`, { method: 'POST', body: new URLSearchParams({ token: 'unknown', ...proof }) })
    expect((await revoke()).status).toBe(200)
    expect((await revoke()).status).toBe(401)
    expect((await refresh(server, robot.id, await signedIn(), proof)).status).toBe(401)
  })

  it('of one client takes no id from another one, however the two are written together (A97)', async () => {
    const near = await createKeyClient('rob')
    await server.store.clients.add({
      id: 'rob',
      source: 'cli',
      metadata: { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'private_key_jwt', jwks: near.jwks },
    })
    const revoke = async (client: KeyClient, jti: string) => {
      const proof = await proofOf(server, client, { claims: { jti } })
      return fetch(`${server.issuer}/revoke`, { method: 'POST', body: new URLSearchParams({ token: 'x', ...proof }) })
    }
    expect((await revoke(near, 'ot-7')).status).toBe(200)
    expect((await revoke(robot, '-7')).status).toBe(200)
    expect((await revoke(robot, 'ot-7')).status).toBe(200)
  })

  it('is remembered as a digest, until a little after its end (AS-RT-09)', async () => {
    await query(server, 'DELETE FROM replays')
    const proof = await proofOf(server, robot, { claims: { jti: 'remember-me' } })
    await refresh(server, robot.id, await signedIn(), proof)
    const rows = await query(
      server,
      `SELECT octet_length(id_hash) AS bytes, extract(epoch FROM expires_at - now())::int AS left FROM replays`,
    )
    for (const { bytes, left } of rows) {
      expect(bytes).toBe(32)
      expect(Number(left)).toBeGreaterThan(60)
      expect(Number(left)).toBeLessThan(600)
    }
    expect(rows.length).toBeGreaterThan(0)
  })

  it('is in no log (AS-OPS-02)', async () => {
    const assertion = await signAssertion(server, robot, { claims: { aud: 'https://evil.example' } })
    const proof = await proofOf(server, robot)
    await authenticate({ ...proof, client_assertion: assertion })
    const logged = JSON.stringify(server.logged)
    expect(logged).toContain('aud')
    expect(logged).not.toContain(assertion.split('.')[2])
  })
})

describe('a client that registered itself with keys', () => {
  it('signs in by them, and may exchange nothing (AS-DCR-02, A131)', async () => {
    const own = await createKeyClient('unknown yet')
    const id = await register(server, {
      redirect_uris: ['https://app.example/cb'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: own.jwks,
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    })
    expect(await authenticate(await proofOf(server, { ...own, id }))).toEqual(PASSED)
    const [row] = await query(server, 'SELECT metadata FROM clients WHERE id = $1', [id])
    expect(JSON.stringify(row)).not.toContain('token-exchange')
  })

  it.each([
    { because: 'none', jwks: undefined },
    { because: 'an address of them, which nobody fetches', jwks: undefined, jwks_uri: 'https://app.example/jwks' },
    { because: 'a private one', jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] } },
    { because: 'a shared one', jwks: { keys: [{ kty: 'oct', k: 'k' }] } },
  ])('is refused with $because (AS-DCR-02, A99)', async (metadata) => {
    const { because: _, ...rest } = metadata
    const body = { redirect_uris: ['https://app.example/cb'], token_endpoint_auth_method: 'private_key_jwt', ...rest }
    const response = await fetch(`${server.issuer}/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' })
  })
})
