import { type Guard, protect } from '@sallyport/resource'
import { createTestIssuer, type TestIssuer, type TestToken } from '@sallyport/resource/testing'
import { importJWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { TOOLS } from './setup/guarded-server.ts'

const RESOURCE = 'https://mcp.example.com/mcp'
const DOWNSTREAM = 'https://api.example.com'

let issuer: TestIssuer
let guard: Guard

const newGuard = (of: TestIssuer, resource = RESOURCE): Promise<Guard> =>
  protect({ issuer: of.issuer, fetch: of.fetch, resource, tools: TOOLS, log: () => undefined })

beforeAll(async () => {
  issuer = await createTestIssuer()
  guard = await newGuard(issuer)
})

const verify = async (token: Partial<TestToken>, by = guard) =>
  by.verifier.verifyAccessToken(await issuer.issueToken({ resource: RESOURCE, ...token }))

describe('an issuer in the process', () => {
  it('signs tokens that a guard accepts without a network', async () => {
    expect(
      await verify({ scopes: ['mcp:issue:read'], subject: 'bob', clientId: 'c', claims: { acr: 'x' } }),
    ).toMatchObject({
      scopes: ['mcp:issue:read'],
      clientId: 'c',
      extra: { sub: 'bob', acr: 'x', iss: issuer.issuer },
    })
  })

  it.each([
    { what: 'for another resource', token: { resource: `${RESOURCE}/x` }, reason: 'AUDIENCE' },
    { what: 'that have expired', token: { lifetimeSeconds: -60 }, reason: 'EXPIRED' },
    { what: 'without a subject', token: { claims: { sub: undefined } }, reason: 'CLAIM' },
    { what: 'of another type', token: { header: { typ: 'JWT' } }, reason: 'TYPE' },
  ])('signs tokens $what, which a guard refuses', async ({ token, reason }) => {
    await expect(verify(token)).rejects.toMatchObject({ reason: `SALLYPORT_E_TOKEN_${reason}` })
  })

  it('is another one each time, with keys of its own', async () => {
    const other = await createTestIssuer()
    expect(other.issuer).not.toBe(issuer.issuer)
    const forged = await other.issueToken({ resource: RESOURCE, claims: { iss: issuer.issuer } })
    await expect(guard.verifier.verifyAccessToken(forged)).rejects.toMatchObject({
      reason: 'SALLYPORT_E_TOKEN_SIGNATURE',
    })
  })

  it('has a name that no resolver may know, so that a server in operation cannot be pointed at it', () => {
    expect(new URL(issuer.issuer).hostname).toMatch(/^issuer-[0-9a-f-]{36}\.test$/)
  })

  it('reaches nobody else', async () => {
    await expect(issuer.fetch('https://example.com/')).rejects.toThrow('a test reaches nobody but its issuer')
    await expect(issuer.fetch(`${issuer.issuer}.example.com/jwks`)).rejects.toThrow('fetch failed')
    expect((await issuer.fetch(`${issuer.issuer}/elsewhere`)).status).toBe(404)
  })

  it('rotates its keys, and can be away', async () => {
    const changing = await createTestIssuer()
    const patient = await newGuard(changing)
    const before = await changing.issueToken({ resource: RESOURCE })
    await changing.rotateKeys()
    const after = await changing.issueToken({ resource: RESOURCE })
    expect(await patient.verifier.verifyAccessToken(after)).toMatchObject({ clientId: 'test-client' })
    await expect(patient.verifier.verifyAccessToken(before)).rejects.toMatchObject({
      reason: 'SALLYPORT_E_TOKEN_UNKNOWN_KEY',
    })
    changing.setReachable(false)
    expect(await (await newGuard(changing)).ready()).toBe(false)
    changing.setReachable(true)
    expect(await (await newGuard(changing)).ready()).toBe(true)
  })
})

describe('the token exchange of an issuer in the process', () => {
  const assertion = async (claims: Record<string, unknown> = {}): Promise<string> => {
    const { id, key } = issuer.client
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ iss: id, sub: id, aud: issuer.issuer, jti: crypto.randomUUID(), exp: now + 60, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: String(key.kid) })
      .sign(await importJWK(key, 'ES256'))
  }

  async function exchange(
    form: Record<string, string | undefined> = {},
    token: Partial<TestToken> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const fields = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await issuer.issueToken({ resource: RESOURCE, scopes: ['a:read', 'b:read'], ...token }),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      resource: DOWNSTREAM,
      client_assertion: await assertion(),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      ...form,
    }
    const present = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
    const body = new URLSearchParams(present)
    const response = await issuer.fetch(`${issuer.issuer}/token`, { method: 'POST', body })
    return { status: response.status, body: { ...(await response.json()) } }
  }

  it('answers a token for the downstream resource, narrower, with who acts (AS-TX-07)', async () => {
    const { status, body } = await exchange({ scope: 'a:read' }, { subject: 'bob', claims: { act: { sub: 'first' } } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'a:read' })
    expect(body).not.toHaveProperty('refresh_token')
    const downstream = await newGuard(issuer, DOWNSTREAM)
    expect(await downstream.verifier.verifyAccessToken(String(body.access_token))).toMatchObject({
      clientId: issuer.client.id,
      scopes: ['a:read'],
      extra: { sub: 'bob', act: { sub: issuer.client.id, act: { sub: 'first' } } },
    })
    await expect(guard.verifier.verifyAccessToken(String(body.access_token))).rejects.toThrow('refused')
  })

  it('is what guard.exchange asks for when the guard has the client of the issuer', async () => {
    const exchanging = await protect({
      issuer: issuer.issuer,
      fetch: issuer.fetch,
      client: issuer.client,
      resource: RESOURCE,
      tools: TOOLS,
    })
    const token = await issuer.issueToken({ resource: RESOURCE, scopes: ['a:read', 'b:read'] })
    const authInfo = await exchanging.verifier.verifyAccessToken(token)
    const { accessToken, scopes } = await exchanging.exchange(authInfo, { resource: DOWNSTREAM, scope: 'b:read' })
    expect(scopes).toEqual(['b:read'])
    const downstream = await newGuard(issuer, DOWNSTREAM)
    expect(await downstream.verifier.verifyAccessToken(accessToken)).toMatchObject({ scopes: ['b:read'] })
  })

  it('never widens: neither scopes nor lifetime', async () => {
    expect((await exchange({ scope: 'a:read c:write' })).body).toMatchObject({ scope: 'a:read' })
    expect((await exchange({}, { lifetimeSeconds: 30 })).body.expires_in).toBeLessThanOrEqual(30)
  })

  it.each([
    { what: 'a scope that the subject does not have', form: { scope: 'c:write' }, error: 'invalid_scope' },
    { what: 'no resource', form: { resource: undefined }, error: 'invalid_target' },
    { what: 'another grant', form: { grant_type: 'client_credentials' }, error: 'unsupported_grant_type' },
    { what: 'a subject token that nobody signed', form: { subject_token: 'a.b.c' }, error: 'invalid_grant' },
    { what: 'a subject token of another type', form: { subject_token_type: 'x' }, error: 'invalid_request' },
    { what: 'no assertion', form: { client_assertion: undefined }, error: 'invalid_client' },
  ])('refuses $what', async ({ form, error }) => {
    expect(await exchange(form)).toMatchObject({ status: error === 'invalid_client' ? 401 : 400, body: { error } })
  })

  it('refuses an expired subject, and an assertion for somebody else or used before', async () => {
    expect((await exchange({}, { lifetimeSeconds: -60 })).body).toEqual({ error: 'invalid_grant' })
    const elsewhere = await assertion({ aud: 'https://other.example' })
    expect((await exchange({ client_assertion: elsewhere })).body).toEqual({ error: 'invalid_client' })
    const once = await assertion()
    expect((await exchange({ client_assertion: once })).status).toBe(200)
    expect((await exchange({ client_assertion: once })).body).toEqual({ error: 'invalid_client' })
  })
})
