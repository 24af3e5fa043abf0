import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { REGISTRY_AGE_MS } from '../../src/store/resource-registry.ts'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { type DatabaseLink, openDatabaseLink } from '../setup/database-link.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'

let near: TestServer
let link: DatabaseLink
/** Reaches its database over the link. */
let server: TestServer
beforeAll(async () => {
  near = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(near, CONFIDENTIAL.owner.id)
  link = await openDatabaseLink(near.databaseUrl)
  const sharing = { ...near, databaseUrl: link.databaseUrl }
  server = await startTestServer({ sharing, settings: { ...WITH_CONFIDENTIAL_CLIENTS.settings, mode: 'serve' } })
})
afterEach(() => link.restore())
afterAll(async () => {
  await server.close()
  await link.close()
  await near.close()
})

const UNAVAILABLE = {
  status: 503,
  body: { error: 'temporarily_unavailable', error_code: 'SALLYPORT_E_UNAVAILABLE', correlation_id: expect.any(String) },
}

const LOSSES = [
  { how: 'just now', wait: 0 },
  { how: 'so long ago that nothing is remembered', wait: REGISTRY_AGE_MS + 100 },
]

describe.each(LOSSES)('when the database was lost $how', ({ wait }) => {
  async function lose(): Promise<void> {
    await link.cut()
    await new Promise((resolve) => setTimeout(resolve, wait))
  }

  it('a refresh is answered with 503 and Retry-After, and works afterwards with the same token (I8, I9)', async () => {
    const { clientId, tokens } = await signInAndRedeem(near)
    const token = String(tokens.body.refresh_token)
    await lose()
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await refresh(server, clientId, token)
      expect(answer).toMatchObject(UNAVAILABLE)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(answer.body).not.toHaveProperty('access_token')
    }
    await link.restore()
    expect(await query(near, 'SELECT 1 FROM refresh_tokens WHERE consumed_at IS NOT NULL')).toEqual([])
    expect((await refresh(server, clientId, token)).status).toBe(200)
    await query(near, 'DELETE FROM refresh_tokens')
  })

  it('a code is answered with 503, and works afterwards (I9)', async () => {
    const request = authorization(near, await register(near))
    const { code } = await approve(near, request)
    await lose()
    expect(await redeem(server, request, code)).toMatchObject(UNAVAILABLE)
    await link.restore()
    expect((await redeem(server, request, code)).status).toBe(200)
  })

  it('a revocation is never acknowledged: 503, and works afterwards, by either token (I3, A115)', async () => {
    for (const kind of ['access_token', 'refresh_token']) {
      const { clientId, tokens } = await signInAndRedeem(near)
      const form = { client_id: clientId, token: String(tokens.body[kind]) }
      const revoke = async () => (await postForm(server, '/revoke', form)).status
      await lose()
      for (let attempt = 0; attempt < 3; attempt += 1) expect(await revoke()).toBe(503)
      await link.restore()
      expect(await revoke()).toBe(200)
      expect((await refresh(server, clientId, String(tokens.body.refresh_token))).status).toBe(400)
    }
  })

  it('a token is neither active nor inactive: 503 (AS-INT-01)', async () => {
    const { tokens } = await signInAndRedeem(near)
    const ask = () =>
      postForm(server, '/introspect', { token: String(tokens.body.access_token) }, basic(CONFIDENTIAL.owner))
    await lose()
    expect((await ask()).status).toBe(503)
    await link.restore()
    expect(JSON.parse((await ask()).text).active).toBe(true)
  })

  it('an authorization request issues nothing and is answered with 503', async () => {
    const clientId = await register(near)
    await lose()
    const response = await createBrowser().get(authorization(near, clientId).url.replace(near.origin, server.origin))
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(response.headers.get('location')).toBeNull()
  })

  it('the keys are still there', async () => {
    await lose()
    expect((await fetch(`${server.origin}/.well-known/jwks.json`)).status).toBe(200)
  })
})

describe('when the database does not answer any more', () => {
  it('a refresh is given up with 503 before a client would give up, and the successor is not lost (I8)', async () => {
    const { clientId, tokens } = await signInAndRedeem(near)
    const token = String(tokens.body.refresh_token)
    link.stall()
    const startedAt = performance.now()
    expect(await refresh(server, clientId, token)).toMatchObject(UNAVAILABLE)
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    await link.restore()
    expect((await refresh(server, clientId, token)).status).toBe(200)
  })
})

describe('when only the answer to a commit is lost', () => {
  it('the same refresh token again gets the successor that was written (I9)', async () => {
    const { clientId, tokens } = await signInAndRedeem(near)
    const token = String(tokens.body.refresh_token)
    const first = await refresh(near, clientId, token)
    // What the client of a lost answer has is the old token alone.
    const again = await refresh(server, clientId, token)
    expect(again).toMatchObject({ status: 200, body: { refresh_token: first.body.refresh_token } })
  })
})
