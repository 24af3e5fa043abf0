import { type CryptoKey, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
let server: GuardedServer
let foreignKey: CryptoKey

beforeAll(async () => {
  issuer = await startTestIssuer()
  server = await startGuardedServer(issuer)
  foreignKey = (await generateKeyPair('ES256')).privateKey
})
afterAll(() => issuer.close())

const now = (): number => Math.floor(Date.now() / 1000)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a token is accepted', () => {
  it.each([
    { what: 'as the issuer writes it', claims: {}, header: {} },
    { what: 'with its type in full', claims: {}, header: { typ: 'application/at+jwt' } },
    { what: 'with its type in capitals', claims: {}, header: { typ: 'AT+JWT' } },
    { what: 'with the one audience in an array', claims: { aud: [RESOURCE] }, header: {} },
    { what: 'expired within the skew of clocks', claims: { exp: now() - 1, iat: now() - 60 }, header: {} },
    { what: 'issued by a clock that is a little ahead', claims: { iat: now() + 10, exp: now() + 300 }, header: {} },
  ])('$what', async ({ claims, header }) => {
    const response = await server.post(request('ping'), await issuer.sign(claims, header))
    expect(response.status).toBe(200)
  })

  it('with the scheme in lower case (R07)', async () => {
    const authorization = `bearer ${await issuer.sign()}`
    expect((await server.post(request('ping'), undefined, { authorization })).status).toBe(200)
  })
})

describe('a token is refused with 401 invalid_token and a challenge (RS-401-01, RS-TOK-03, R02–R06)', () => {
  it.each<{ what: string; code: string; claims?: Record<string, unknown>; header?: Record<string, unknown> }>([
    { what: 'audience of another server (R03)', code: 'AUDIENCE', claims: { aud: 'https://other.example.com/mcp' } },
    { what: 'audience of the parent path (R03)', code: 'AUDIENCE', claims: { aud: 'https://mcp.example.com' } },
    { what: 'audience that begins like ours', code: 'AUDIENCE', claims: { aud: `${RESOURCE}/admin` } },
    { what: 'audience that ends like ours', code: 'AUDIENCE', claims: { aud: `https://evil.example/?${RESOURCE}` } },
    { what: 'audience in other case', code: 'AUDIENCE', claims: { aud: 'https://mcp.example.com/MCP' } },
    { what: 'audience with a slash more (T-01)', code: 'AUDIENCE', claims: { aud: `${RESOURCE}/` } },
    { what: 'audience with its default port', code: 'AUDIENCE', claims: { aud: 'https://mcp.example.com:443/mcp' } },
    {
      what: 'ours and a foreign audience (RS-TOK-05)',
      code: 'AUDIENCE',
      claims: { aud: [RESOURCE, 'https://o.example'] },
    },
    { what: 'no audience', code: 'AUDIENCE', claims: { aud: undefined } },
    { what: 'an empty list of audiences', code: 'AUDIENCE', claims: { aud: [] } },
    { what: 'foreign issuer (RS-TOK-04, R04)', code: 'ISSUER', claims: { iss: 'https://evil.example' } },
    { what: 'issuer with a slash more (R04)', code: 'ISSUER', claims: { iss: 'SLASH' } },
    { what: 'no issuer', code: 'ISSUER', claims: { iss: undefined } },
    { what: 'type of an ID token (R05)', code: 'TYPE', header: { typ: 'JWT' } },
    { what: 'type of a logout token (R05)', code: 'TYPE', header: { typ: 'logout+jwt' } },
    { what: 'no type', code: 'TYPE', header: { typ: undefined } },
    { what: 'expired (R02)', code: 'EXPIRED', claims: { exp: now() - 60, iat: now() - 120 } },
    { what: 'without exp', code: 'CLAIM', claims: { exp: undefined } },
    { what: 'not yet valid (R02)', code: 'NOT_YET_VALID', claims: { nbf: now() + 120 } },
    { what: 'issued in the future', code: 'NOT_YET_VALID', claims: { iat: now() + 120 } },
    { what: 'issued after it expires', code: 'CLAIM', claims: { iat: now() + 20, exp: now() + 10 } },
    { what: 'without sub', code: 'CLAIM', claims: { sub: undefined } },
    { what: 'without client_id', code: 'CLAIM', claims: { client_id: undefined } },
    { what: 'azp in place of client_id', code: 'CLAIM', claims: { client_id: undefined, azp: 'client-1' } },
    { what: 'scope in a list', code: 'CLAIM', claims: { scope: ['mcp:issue:read'] } },
    { what: 'an actor that cannot be read', code: 'CLAIM', claims: { act: 'agent' } },
    { what: 'bound to a key (RS-TOK-09)', code: 'SENDER_CONSTRAINED', claims: { cnf: { jkt: 'x' } } },
    { what: 'jwk in the header (R06)', code: 'OWN_KEY', header: { jwk: { kty: 'EC' } } },
    { what: 'jku in the header (R06)', code: 'OWN_KEY', header: { jku: 'https://evil.example/keys' } },
    { what: 'x5u in the header (R06)', code: 'OWN_KEY', header: { x5u: 'https://evil.example/cert' } },
    { what: 'x5c in the header (R06)', code: 'OWN_KEY', header: { x5c: ['AAAA'] } },
    { what: 'longer than any token (R07)', code: 'TOO_LARGE', claims: { padding: 'x'.repeat(16_384) } },
  ])('$what', async ({ code, claims, header }) => {
    const origin = claims?.iss === 'SLASH' ? { iss: `${issuer.issuer}/` } : {}
    await expectRefused(await issuer.sign({ ...claims, ...origin }, header), code)
  })

  it('not a JWT at all (R02)', () => expectRefused('garbage', 'NOT_A_JWT'))

  it('a good token with another payload', async () => {
    const [header, , signature] = (await issuer.sign()).split('.')
    const payload = Buffer.from(JSON.stringify({ sub: 'bob' })).toString('base64url')
    await expectRefused(`${header}.${payload}.${signature}`, 'SIGNATURE')
  })

  it('signed with a foreign key under a known id (RS-TOK-04)', async () => {
    await expectRefused(await issuer.sign({}, {}, foreignKey), 'SIGNATURE')
  })

  it('alg none (R06)', async () => {
    const token = new UnsecuredJWT({ iss: issuer.issuer, aud: RESOURCE, sub: 'alice' }).encode()
    await expectRefused(`${token}AAAA`, 'ALGORITHM')
  })

  it('HS256 with the public key as secret (R06)', async () => {
    const secret = utf8(JSON.stringify(issuer.publicJwk()))
    const token = await new SignJWT({
      iss: issuer.issuer,
      aud: RESOURCE,
      sub: 'alice',
      client_id: 'c',
      exp: now() + 60,
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' })
      .sign(secret)
    await expectRefused(token, 'ALGORITHM')
  })

  it('a critical header that nobody here understands (R06)', async () => {
    const token = await new SignJWT({ iss: issuer.issuer, aud: RESOURCE })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'key-1', crit: ['exp-2'], 'exp-2': 1 })
      .sign(foreignKey, { crit: { 'exp-2': true } })
    await expectRefused(token, 'CRITICAL_HEADER')
  })
})

describe('with accept: { typ: [JWT] }', () => {
  it('takes typ JWT and azp, and still refuses what looks like an ID or logout token (R05)', async () => {
    const lenient = await startGuardedServer(issuer, { accept: { typ: ['JWT'] } })
    const status = async (claims: object): Promise<number> =>
      (await lenient.post(request('ping'), await issuer.sign({ ...claims }, { typ: 'JWT' }))).status
    expect(await status({})).toBe(200)
    expect(await status({ client_id: undefined, azp: 'client-1' })).toBe(200)
    expect(await status({ nonce: 'n' })).toBe(401)
    expect(await status({ at_hash: 'h' })).toBe(401)
    expect(await status({ events: {} })).toBe(401)
    expect(await status({ aud: 'client-1' })).toBe(401)
  })
})

async function expectRefused(token: string, code: string): Promise<void> {
  const arrived = server.arrivals.length
  const response = await server.post(request('ping'), token)
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
  expect(response.headers.get('www-authenticate')).toContain('resource_metadata="')
  expect(server.logged.at(-1)?.code).toBe(`SALLYPORT_E_TOKEN_${code}`)
  expect(JSON.stringify(server.logged)).not.toContain(token)
  expect(server.arrivals).toHaveLength(arrived)
}
