import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fillUp, forgetLimits, limitKeyOf } from '../setup/limits.ts'
import { query } from '../setup/state.ts'
import { postRegistration } from './post-registration.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { trustedProxies: ['127.0.0.0/8'] } })
})
afterAll(() => server.close())
beforeEach(() => forgetLimits(server))

const FLOOD = '203.0.113.7'
const register = (source: string, payload: unknown = { redirect_uris: ['https://app.example/callback'] }) =>
  postRegistration(server, payload, { 'X-Forwarded-For': source })
const rows = async (table: string) => (await query(server, `SELECT count(*)::int AS n FROM ${table}`))[0]?.n
const counter = () =>
  query(server, 'SELECT clear_at FROM limits WHERE key_hash = $1', [limitKeyOf(server, ['registration', FLOOD])])

describe('registrations of one source', () => {
  it('end in 429 with Retry-After, and leave no row and no event behind (A44, AS-OPS-03)', async () => {
    await fillUp(server, ['registration', FLOOD], 3_600)
    server.logged.length = 0
    const before = [await rows('clients'), await rows('audit_events')]
    const { status, headers, body } = await register(FLOOD)
    expect(status).toBe(429)
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    expect(headers.get('access-control-expose-headers')).toContain('Retry-After')
    expect(body).toMatchObject({ error: 'temporarily_unavailable', error_code: 'SALLYPORT_E_LIMIT' })
    expect([await rows('clients'), await rows('audit_events')]).toEqual(before)
    expect(server.logged.filter(({ level }) => level === 'error')).toEqual([])
    const [refused] = server.logged.filter(({ message }) => message.startsWith('registration refused'))
    expect(refused?.detail).toMatchObject({ code: 'SALLYPORT_E_LIMIT', address: FLOOD })
    expect((await register('198.51.100.9')).status).toBe(201)
  })

  it('count when they make a row, and not when they are refused (A44)', async () => {
    expect((await register(FLOOD, { redirect_uris: ['http://evil.example/'] })).status).toBe(400)
    expect(await counter()).toEqual([])
    expect((await register(FLOOD)).status).toBe(201)
    const [once] = await counter()
    expect((await register(FLOOD)).status).toBe(201)
    const [twice] = await counter()
    expect(Number(twice?.clear_at) - Number(once?.clear_at)).toBeGreaterThanOrEqual(2_000)
  })

  it('count no client that is known: it is answered its id also when the source may register nothing new (A44, AS-DCR-06)', async () => {
    const known = { redirect_uris: ['http://127.0.0.1:4000/callback'], token_endpoint_auth_method: 'none' }
    const { body } = await register(FLOOD, known)
    const once = await counter()
    expect((await register(FLOOD, known)).body.client_id).toBe(body.client_id)
    expect(await counter()).toEqual(once)
    await fillUp(server, ['registration', FLOOD], 3_600)
    const other = { ...known, redirect_uris: ['http://127.0.0.1:4001/callback'] }
    expect(await register(FLOOD, other)).toMatchObject({ status: 201, body: { client_id: body.client_id } })
    expect((await register(FLOOD, { ...known, client_name: 'New' })).status).toBe(429)
  })

  it('are two hundred at once before that', async () => {
    await fillUp(server, ['registration', FLOOD], 199 * 2 - 1)
    expect((await register(FLOOD)).status).toBe(201)
    await fillUp(server, ['registration', FLOOD], 199 * 2 + 60)
    expect((await register(FLOOD)).status).toBe(429)
  })
})
