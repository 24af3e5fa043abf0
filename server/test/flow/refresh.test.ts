import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem, tokenRequest } from '../setup/flow.ts'
import { query } from '../setup/state.ts'

const BASE = 'mcp:repositories:list mcp:issue:read'
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('a refresh token', () => {
  it('rotates, and needs neither resource nor scope (AS-RT-01, AS-RES-06, AS-SC-04)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    let token = String(tokens.body.refresh_token)
    const seen = new Set([token])
    for (let round = 0; round < 3; round += 1) {
      const next = await refresh(server, clientId, token)
      expect(next).toMatchObject({ status: 200, body: { scope: BASE, token_type: 'Bearer', expires_in: 600 } })
      expect(next.headers.get('cache-control')).toBe('no-store')
      expect(decodeJwt(String(next.body.access_token))).toMatchObject({
        aud: RESOURCE,
        scope: BASE,
        client_id: clientId,
        gid: decodeJwt(String(tokens.body.access_token)).gid,
        sub: decodeJwt(String(tokens.body.access_token)).sub,
      })
      token = String(next.body.refresh_token)
      seen.add(token)
    }
    expect(seen.size).toBe(4)
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  it('gives a narrower access token when asked, and stays as wide as it was (AS-RT-05, AS-SC-04)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const narrow = await refresh(server, clientId, String(tokens.body.refresh_token), { scope: 'mcp:issue:read' })
    expect(narrow).toMatchObject({ status: 200, body: { scope: 'mcp:issue:read' } })
    expect(decodeJwt(String(narrow.body.access_token)).scope).toBe('mcp:issue:read')
    const wide = await refresh(server, clientId, String(narrow.body.refresh_token))
    expect(wide).toMatchObject({ status: 200, body: { scope: BASE } })
  })

  it.each([
    'HTTP://127.0.0.1:9401/mcp',
    'http://127.0.0.1:9401/mcp/',
    'http://127.0.0.1:9401',
    'http://127.0.0.1:9401/',
  ])('takes %s as the resource it belongs to; the audience is the canonical one (AS-RES-05)', async (resource) => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const next = await refresh(server, clientId, String(tokens.body.refresh_token), { resource })
    expect(next.status).toBe(200)
    expect(decodeJwt(String(next.body.access_token)).aud).toBe(RESOURCE)
  })

  it('takes offline_access in scope and puts it nowhere (AS-SC-06)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const scope = `${BASE} offline_access`
    const next = await refresh(server, clientId, String(tokens.body.refresh_token), { scope })
    expect(next).toMatchObject({ status: 200, body: { scope: BASE } })
  })

  it('works for a confidential client with its secret alone', async () => {
    const registered = await fetch(`${server.issuer}/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['http://127.0.0.1/callback'],
        token_endpoint_auth_method: 'client_secret_post',
      }),
    })
    const client: { client_id: string; client_secret: string } = await registered.json()
    const request = authorization(server, client.client_id)
    const { code } = await approve(server, request)
    const secret = { client_secret: client.client_secret }
    const tokens = await redeem(server, request, code, secret)
    const token = String(tokens.body.refresh_token)
    const without = await refresh(server, client.client_id, token)
    expect(without).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const guessed = await refresh(server, client.client_id, token, { client_secret: 'x'.repeat(43) })
    expect(guessed).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect((await refresh(server, client.client_id, token, secret)).status).toBe(200)
  })

  it('is stored as a digest, with one live leaf a family (AS-RT-09, I2)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const next = await refresh(server, clientId, String(tokens.body.refresh_token))
    const { gid } = decodeJwt(String(next.body.access_token))
    const rows = await query(
      server,
      `SELECT encode(id_hash, 'hex') AS id, consumed_at IS NULL AS live FROM refresh_tokens WHERE grant_id = $1`,
      [gid],
    )
    expect(rows.filter(({ live }) => live)).toHaveLength(1)
    expect(rows).toHaveLength(2)
  })
})

describe('no refresh token', () => {
  it('is given where the person agreed for once only, and its access token ends with the agreement', async () => {
    const clientId = await register(server)
    const request = authorization(server, clientId)
    const { code } = await approve(server, request, { duration: 'once' })
    const tokens = await redeem(server, request, code)
    expect(tokens.status).toBe(200)
    expect(tokens.body).not.toHaveProperty('refresh_token')
    expect(Number(tokens.body.expires_in)).toBeLessThanOrEqual(600)
  })

  it('comes out of made up values (A112)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    for (const made of ['', 'x', '\u0000', 'x'.repeat(43), String(tokens.body.access_token)]) {
      const refused = await refresh(server, clientId, made)
      expect(refused.status).toBe(400)
      expect(['invalid_grant', 'invalid_request']).toContain(refused.body.error)
    }
    const missing = await tokenRequest(server, { grant_type: 'refresh_token', client_id: clientId })
    expect(missing).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })
})
