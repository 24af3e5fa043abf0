import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { createHostileIssuer, type HostileIssuerOptions } from '../../src/issuer/create-hostile-issuer.ts'
import type { HostileIssuer, MintChange } from '../../src/issuer/hostile-issuer.ts'

const AUDIENCE = 'https://mcp.example.com/mcp'
const running: HostileIssuer[] = []

async function start(options?: HostileIssuerOptions): Promise<HostileIssuer> {
  const issuer = await createHostileIssuer(options)
  running.push(issuer)
  return issuer
}

async function verify(issuer: HostileIssuer, change?: MintChange, algorithms = ['ES256']) {
  const token = await issuer.mint(AUDIENCE, change)
  const keys = createRemoteJWKSet(new URL(issuer.jwksUri))
  return jwtVerify(token, keys, { issuer: issuer.issuer, audience: AUDIENCE, typ: 'at+jwt', algorithms })
}

async function introspect(issuer: HostileIssuer, token: string): Promise<{ active: boolean }> {
  const response = await fetch(`${issuer.issuer}/introspect`, { method: 'POST', body: new URLSearchParams({ token }) })
  return (await response.json()) as { active: boolean }
}

afterEach(() => Promise.all(running.splice(0).map((issuer) => issuer.close())))

describe('the hostile issuer', () => {
  it('mints an access token that an independent verifier accepts, with the members of RFC 9068', async () => {
    const { payload } = await verify(await start(), { claims: { scope: 'mcp:read' } })
    expect(payload).toMatchObject({ scope: 'mcp:read', client_id: expect.any(String), jti: expect.any(String) })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300)
  })

  it.each([
    { path: '', where: '/.well-known/oauth-authorization-server' },
    { path: '', where: '/.well-known/openid-configuration' },
    { path: '/tenant', where: '/.well-known/oauth-authorization-server/tenant' },
    { path: '/tenant', where: '/.well-known/openid-configuration/tenant' },
    { path: '/tenant', where: '/tenant/.well-known/openid-configuration' },
  ])('of path "$path" serves its metadata at $where', async ({ path, where }) => {
    const { issuer, jwksUri } = await start({ path })
    const metadata = await (await fetch(new URL(where, issuer))).json()
    expect(metadata).toMatchObject({ issuer, jwks_uri: jwksUri, introspection_endpoint: `${issuer}/introspect` })
  })

  it.each<{ signature: NonNullable<MintChange['signature']>; algorithms?: string[] }>([
    { signature: 'none', algorithms: ['none'] },
    { signature: 'public-key-as-secret' },
    { signature: 'public-jwk-as-secret' },
    { signature: 'stranger' },
    { signature: 'mislabelled' },
  ])('signs with $signature what no verifier of its key set accepts', async ({ signature, algorithms }) => {
    await expect(verify(await start(), { signature }, algorithms)).rejects.toThrow()
  })

  it.each(['other-curve', 'rotated'] as const)('publishes the key of %s', async (signature) => {
    await expect(verify(await start(), { signature }, ['ES256', 'ES384'])).resolves.toBeDefined()
  })

  it('takes the key that was current out of the set when it rotates, and can still sign with it', async () => {
    const issuer = await start()
    const before = issuer.publicKey
    await issuer.rotate()
    expect(issuer.publicKey.kid).not.toBe(before.kid)
    await expect(verify(issuer)).resolves.toBeDefined()
    await expect(verify(issuer, { signature: 'retired' })).rejects.toThrow()
    const old = createLocalJWKSet({ keys: [before] } as JSONWebKeySet)
    await expect(jwtVerify(await issuer.mint(AUDIENCE, { signature: 'retired' }), old)).resolves.toBeDefined()
  })

  it('takes a key that it published beside the others out of the set again', async () => {
    const issuer = await start()
    const token = await issuer.mint(AUDIENCE, { signature: 'rotated' })
    issuer.withdraw(String(decodeProtectedHeader(token).kid))
    await expect(jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUri)))).rejects.toThrow()
    await expect(verify(issuer)).resolves.toBeDefined()
  })

  it('leaves out a claim that is set to undefined, and bends payload and token as asked', async () => {
    const issuer = await start()
    const { payload } = await verify(issuer, { claims: { jti: undefined } })
    expect(payload).not.toHaveProperty('jti')
    expect(await issuer.mint(AUDIENCE, { bend: () => 'bent' })).toBe('bent')
    const doubled = await issuer.mint(AUDIENCE, { bendPayload: (json) => json.replace('{', '{"sub":"first",') })
    expect(Buffer.from(doubled.split('.')[1] ?? '', 'base64url').toString()).toContain('{"sub":"first","iss"')
  })

  it('remembers what it was asked, the credentials of the caller included', async () => {
    const issuer = await start()
    const headers = { authorization: 'Basic YTpi' }
    await fetch(`${issuer.issuer}/introspect`, { method: 'POST', headers, body: new URLSearchParams({ token: 'x' }) })
    expect(issuer.asked).toEqual([
      expect.objectContaining({ method: 'POST', url: `${issuer.issuer}/introspect`, body: 'token=x' }),
    ])
    expect(issuer.asked[0]?.headers).toContainEqual(['authorization', 'Basic YTpi'])
  })

  it('stands for its sound tokens at introspection until they are revoked, whatever their audience', async () => {
    const issuer = await start()
    const token = await issuer.mint('https://elsewhere.example/mcp')
    expect(await introspect(issuer, token)).toMatchObject({ active: true, aud: 'https://elsewhere.example/mcp' })
    issuer.revoke(token)
    expect(await introspect(issuer, token)).toMatchObject({ active: false, aud: 'https://elsewhere.example/mcp' })
  })

  it.each<{ name: string; change: MintChange }>([
    { name: 'signed by a stranger', change: { signature: 'stranger' } },
    { name: 'expired', change: { claims: { exp: 1 } } },
    { name: 'not valid yet', change: { claims: { nbf: 4_000_000_000 } } },
    { name: 'without an end', change: { claims: { exp: undefined } } },
    { name: 'of another issuer', change: { claims: { iss: 'https://other.example' } } },
    { name: 'that is an ID token', change: { header: { typ: 'JWT' } } },
  ])('does not stand for a token $name', async ({ change }) => {
    const issuer = await start()
    expect(await introspect(issuer, await issuer.mint(AUDIENCE, change))).toEqual({ active: false })
  })

  it('answers 503 for metadata, keys and introspection while it is down, and still remembers the question', async () => {
    const issuer = await start()
    issuer.setReachable(false)
    expect((await fetch(issuer.jwksUri)).status).toBe(503)
    issuer.setReachable(true)
    expect((await fetch(issuer.jwksUri)).status).toBe(200)
    expect(issuer.asked).toHaveLength(2)
  })

  it('hands out nothing at its token endpoint', async () => {
    const { issuer } = await start()
    expect((await fetch(`${issuer}/token`, { method: 'POST' })).status).toBe(400)
  })

  it('runs beside others, with a key id of theirs and a key of its own', async () => {
    const first = await start()
    const second = await start({ kid: String(first.publicKey.kid) })
    expect(second.publicKey.kid).toBe(first.publicKey.kid)
    expect(second.publicKey.x).not.toBe(first.publicKey.x)
  })
})
