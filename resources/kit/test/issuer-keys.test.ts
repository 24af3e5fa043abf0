import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
let server: GuardedServer
let now: number

beforeEach(async () => {
  issuer = await startTestIssuer()
  now = Date.now() / 1000
  server = await startGuardedServer(issuer, { clock: () => now })
})
afterEach(() => issuer.close())

// The clock of the guard moves in these tests, so their tokens live longer than any of its bounds.
const longLived = (header = {}): Promise<string> => issuer.sign({ exp: Math.floor(now) + 20_000 }, header)
const statusOf = async (token: string): Promise<number> => (await server.post(request('ping'), token)).status

describe('keys of the issuer', () => {
  it('are fetched when first needed, once for many requests (RS-TOK-07)', async () => {
    expect(issuer.requests).toEqual([])
    const token = await longLived()
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(token)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(issuer.requests).toEqual(['/.well-known/oauth-authorization-server', '/keys'])
  })

  it('are not fetched again for a thousand invented key ids in a row (RS-TOK-07)', async () => {
    await statusOf(await longLived())
    for (let at = 0; at < 1_000; at += 1) expect(await statusOf(await longLived({ kid: `bogus-${at}` }))).toBe(401)
    expect(issuer.keySetFetches()).toBe(2)
  })

  it('are fetched once when a thousand invented key ids come first and together (RS-TOK-07)', async () => {
    const tokens = await Promise.all(Array.from({ length: 1_000 }, (_, at) => longLived({ kid: `bogus-${at}` })))
    expect(new Set(await Promise.all(tokens.map(statusOf)))).toEqual(new Set([401]))
    expect(issuer.keySetFetches()).toBe(1)
  })

  it('are taken up at once after a rotation, by all requests that wait (T-22)', async () => {
    await statusOf(await longLived())
    await issuer.rotate()
    const token = await longLived()
    expect(await Promise.all([statusOf(token), statusOf(token), statusOf(token)])).toEqual([200, 200, 200])
    expect(issuer.keySetFetches()).toBe(2)
  })

  it('are asked for again after the cool-down', async () => {
    expect(await statusOf(await longLived({ kid: 'bogus' }))).toBe(401)
    await issuer.rotate()
    now += 30
    expect(await statusOf(await longLived())).toBe(200)
  })

  it('that the issuer withdrew are dead after five minutes', async () => {
    const token = await longLived()
    expect(await statusOf(token)).toBe(200)
    await issuer.rotate()
    now += 299
    expect(await statusOf(token)).toBe(200)
    now += 2
    expect(await statusOf(token)).toBe(401)
  })
})

describe('an issuer that is away (RS-401-09, R13)', () => {
  it('before the first key means 503 with Retry-After and no challenge, then recovery', async () => {
    issuer.behaviour.status = 500
    const response = await server.post(request('ping'), await longLived())
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('2')
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await server.guard.ready()).toBe(false)
    expect(server.logged.map((entry) => entry.code)).toContain('SALLYPORT_E_ISSUER_UNAVAILABLE')

    delete issuer.behaviour.status
    now += 2
    expect(await server.guard.ready()).toBe(true)
    expect(await statusOf(await longLived())).toBe(200)
  })

  it('is not asked again by every request', async () => {
    issuer.behaviour.status = 500
    for (let at = 0; at < 10; at += 1) expect(await statusOf(await longLived())).toBe(503)
    expect(issuer.requests).toHaveLength(1)
  })

  it('does not stop requests without a token from learning where to get one', async () => {
    issuer.behaviour.status = 500
    expect((await server.post(request('initialize'))).status).toBe(401)
  })

  it('leaves known keys good for an hour and no longer', async () => {
    const token = await longLived()
    await statusOf(token)
    issuer.behaviour.status = 500
    now += 3_599
    expect(await statusOf(token)).toBe(200)
    now += 2
    expect(await statusOf(token)).toBe(503)
  })

  it('means 503 for a key we do not know: it may be a new one', async () => {
    await statusOf(await longLived())
    issuer.behaviour.status = 500
    await issuer.rotate()
    expect(await statusOf(await longLived())).toBe(503)
    expect(await statusOf(await longLived({ kid: 'bogus' }))).toBe(503)
  })

  it('is found again where it moved its keys to', async () => {
    const token = await longLived()
    await statusOf(token)
    issuer.behaviour.keySet = () => ({ body: 'moved' })
    now += 301
    expect(await statusOf(token)).toBe(200)
    delete issuer.behaviour.keySet
    now += 30
    expect(await statusOf(token)).toBe(200)
    expect(issuer.requests.filter((path) => path.includes('well-known'))).toHaveLength(2)
  })
})

describe('a key set (A146)', () => {
  it.each([
    { what: 'that is not JSON', body: '<html>' },
    { what: 'that is no key set', body: '{"keys":"none"}' },
    { what: 'larger than the cap', body: JSON.stringify({ keys: [], padding: 'x'.repeat(300_000) }) },
  ])('$what means 503', async ({ body }) => {
    issuer.behaviour.keySet = () => ({ body })
    expect(await statusOf(await longLived())).toBe(503)
  })

  it('with a broken key does not spoil the good one', async () => {
    const broken = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'broken' }
    issuer.behaviour.keySet = () => ({ body: JSON.stringify({ keys: [broken, issuer.publicJwk()] }) })
    expect(await statusOf(await longLived())).toBe(200)
    expect(await statusOf(await longLived({ kid: 'broken' }))).toBe(401)
  })

  it('with a symmetric key never verifies a token', async () => {
    issuer.behaviour.keySet = () => ({ body: JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'key-1' }] }) })
    expect(await statusOf(await longLived())).toBe(401)
  })
})
