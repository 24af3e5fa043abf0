import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PROVEN, SOURCE, SOURCE_AND_CLIENT } from '../../src/http/limits/requests.ts'
import { basic, CONFIDENTIAL, giveResource, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, signInAndRedeem } from '../setup/flow.ts'

// It stands still, so that nothing comes back while a test runs.
const clock = { now: 0 }
let server: TestServer
let clientId: string
let refreshToken: string
beforeAll(async () => {
  const { clients } = WITH_CONFIDENTIAL_CLIENTS.settings
  server = await startTestServer({
    settings: { trustedProxies: ['127.0.0.0/8'], clients },
    ticks: () => clock.now,
  })
  await giveResource(server, CONFIDENTIAL.owner.id)
  const { clientId: id, tokens } = await signInAndRedeem(server)
  clientId = id
  refreshToken = String(tokens.body.refresh_token)
})
afterAll(() => server.close())
beforeEach(() => {
  // Long enough that every bucket is full again.
  clock.now += 60_000
  server.logged.length = 0
})

const HOME = '203.0.113.7'
const ELSEWHERE = '198.51.100.9'
const METADATA = '/.well-known/oauth-authorization-server'
/** As many as a machine with two cores answers beside the tests. */
const AT_ONCE = 50

interface Answers {
  readonly statuses: Readonly<Record<number, number>>
  readonly limited: readonly Response[]
}

/** So many requests, some at a time. */
async function send(count: number, one: () => Promise<Response>): Promise<Answers> {
  const statuses: Record<number, number> = {}
  const limited: Response[] = []
  for (let left = count; left > 0; left -= AT_ONCE) {
    for (const answer of await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, one))) {
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      if (answer.status === 429) limited.push(answer)
      else await answer.arrayBuffer()
    }
  }
  return { statuses, limited }
}

const get = (path: string, source = HOME) =>
  fetch(server.origin + path, { headers: { 'X-Forwarded-For': source }, redirect: 'manual' })
const post = (path: string, form: Record<string, string>, source = HOME, headers: Record<string, string> = {}) =>
  fetch(server.origin + path, {
    method: 'POST',
    headers: { 'X-Forwarded-For': source, ...headers },
    body: new URLSearchParams(form),
  })
const guess = (client: string, source = HOME) =>
  post('/token', { grant_type: 'refresh_token', client_id: client, refresh_token: 'guessed' }, source)

describe('one source', () => {
  it('is never stopped below fifty requests a second, and is told to wait past what it may ask (AS-OPS-03)', async () => {
    for (const rate of [SOURCE, SOURCE_AND_CLIENT, PROVEN]) expect(rate.perSecond).toBeGreaterThanOrEqual(50)
    const { statuses, limited } = await send(SOURCE.burst + 10, () => get(METADATA))
    expect(statuses).toEqual({ 200: SOURCE.burst, 429: 10 })
    expect(limited[0]?.headers.get('retry-after')).toBe('1')
    expect(limited[0]?.headers.get('access-control-allow-origin')).toBe('*')
    expect(await limited[0]?.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: expect.any(String),
      error_code: 'SALLYPORT_E_LIMIT',
      correlation_id: expect.stringMatching(/^req_/),
    })
    // Elsewhere, at other endpoints and a second later it goes on.
    expect((await get(METADATA, ELSEWHERE)).status).toBe(200)
    expect((await get('/.well-known/jwks.json')).status).toBe(200)
    clock.now += 1_000
    expect((await send(SOURCE.perSecond + 5, () => get(METADATA))).statuses).toEqual({ 200: SOURCE.perSecond, 429: 5 })
  })

  it('fills no log with it: the operator is told once a second, and how many there were', async () => {
    await send(SOURCE.burst + 20, () => get(METADATA))
    clock.now += 1_001
    await send(SOURCE.perSecond + 1, () => get(METADATA))
    const told = server.logged.filter(({ message }) => message === 'requests are refused')
    expect(told.map(({ detail }) => detail)).toMatchObject([
      { limit: 'source', address: HOME, path: METADATA, code: 'SALLYPORT_E_LIMIT' },
      { refused: 20 },
    ])
  })

  it('that scans for tokens without proving a client is refused, and then stopped (A117)', async () => {
    const scan = () => post('/introspect', { token: 'guessed', client_id: clientId })
    const { statuses } = await send(SOURCE_AND_CLIENT.burst + 10, scan)
    expect(statuses).toEqual({ 401: SOURCE_AND_CLIENT.burst, 429: 10 })
  })

  it('gets a page where a person is looking', async () => {
    const { url } = authorization(server, clientId)
    const path = url.slice(server.origin.length)
    const { statuses, limited } = await send(SOURCE_AND_CLIENT.burst + 1, () => get(path))
    expect(statuses).toEqual({ 303: SOURCE_AND_CLIENT.burst, 429: 1 })
    expect(limited[0]?.headers.get('content-type')).toContain('text/html')
    expect(limited[0]?.headers.get('retry-after')).toBe('1')
    expect(await limited[0]?.text()).toContain('load this page again')
  })
})

describe('a public client', () => {
  it('is stopped where it runs wild, and nowhere else, since everybody may name it (T-27, AS-TK-14)', async () => {
    const { statuses } = await send(SOURCE_AND_CLIENT.burst + 10, () => guess(clientId))
    expect(statuses).toEqual({ 400: SOURCE_AND_CLIENT.burst, 429: 10 })
    expect((await guess(clientId, ELSEWHERE)).status).toBe(400)
    // Others of the same office go on, with all that the source may ask.
    const others = await send(SOURCE.burst - SOURCE_AND_CLIENT.burst, () => guess('another'))
    expect(others.statuses).toEqual({ 401: SOURCE.burst - SOURCE_AND_CLIENT.burst })
    expect((await guess('a third')).status).toBe(429)
  })

  it('named in Basic credentials is the same client', async () => {
    const named = () =>
      post('/token', { grant_type: 'refresh_token', refresh_token: 'x' }, HOME, {
        Authorization: `Basic ${Buffer.from('nobody:wrong').toString('base64')}`,
      })
    const { statuses } = await send(SOURCE_AND_CLIENT.burst + 5, named)
    expect(statuses).toEqual({ 401: SOURCE_AND_CLIENT.burst, 429: 5 })
    expect((await guess('nobody')).status).toBe(429)
  })
})

describe('what a request has proven', () => {
  it('counts for the grant and not for the source that all users of a hosted client share (T-27, AS-TK-14)', async () => {
    const refresh = () =>
      post('/token', { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken })
    const hosted = await Promise.all(Array.from({ length: 20 }, refresh))
    expect(hosted.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    // Not one of them was taken from the source, nor from this client there.
    const { statuses } = await send(SOURCE_AND_CLIENT.burst + 1, () => guess(clientId))
    expect(statuses).toEqual({ 400: SOURCE_AND_CLIENT.burst, 429: 1 })
  })

  it('counts for a client that has shown its secret, wherever it comes from (A117)', async () => {
    let at = 0
    const ask = () => {
      at += 1
      return post('/introspect', { token: 'guessed' }, `10.0.${at % 50}.1`, basic(CONFIDENTIAL.owner))
    }
    const { statuses, limited } = await send(PROVEN.burst + 10, ask)
    expect(statuses).toEqual({ 200: PROVEN.burst, 429: 10 })
    expect(limited[0]?.headers.get('retry-after')).toBe('1')
    expect(await limited[0]?.json()).toMatchObject({ error_code: 'SALLYPORT_E_LIMIT' })
    const stranger = await post('/introspect', { token: 'guessed' }, HOME, basic(CONFIDENTIAL.stranger))
    expect(stranger.status).toBe(200)
  })

  it('counts for a grant, and what was refused then is used up by nothing (AS-TK-14)', async () => {
    const { clientId: own, tokens } = await signInAndRedeem(server)
    let current = String(tokens.body.refresh_token)
    const seen: Record<number, number> = {}
    // Fewer each time than a used token is answered again within its window.
    for (let round = 0; round < PROVEN.burst / 30 + 1; round += 1) {
      const form = { grant_type: 'refresh_token', client_id: own, refresh_token: current }
      const answers = await Promise.all(Array.from({ length: 30 }, () => post('/token', form)))
      for (const answer of answers) {
        seen[answer.status] = (seen[answer.status] ?? 0) + 1
        const { refresh_token: next } = await answer.json()
        if (answer.status === 200) current = next
      }
    }
    // The code was one of them.
    expect(seen).toEqual({ 200: PROVEN.burst - 1, 429: 31 })
    clock.now += 1_000
    const again = await post('/token', { grant_type: 'refresh_token', client_id: own, refresh_token: current })
    expect(again.status).toBe(200)
  })
})
