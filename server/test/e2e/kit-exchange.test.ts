import { createHash } from 'node:crypto'
import { type Guard, type ProtectOptions, protect } from '@sallyport/resource'
import { decodeJwt, exportJWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { API, API_TOOLS, type Chain, FRONT, FRONT_TOOLS, STORE, signIn, startChain } from '../exchange/chain.ts'
import type { KeyClient } from '../setup/key-client.ts'
import { auditEvents } from '../setup/state.ts'

let chain: Chain
/** Every request that the kits of all resources sent, as one text each. */
let sent: { readonly url: string; readonly text: string }[] = []
let front: Guard
let api: Guard
let store: Guard

const recordingFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init)
  const headers = [...request.headers].map((header) => header.join(': '))
  sent.push({ url: request.url, text: [request.url, ...headers, await request.clone().text()].join('\n') })
  return fetch(request)
}

async function clientOf(client: KeyClient): Promise<NonNullable<ProtectOptions['client']>> {
  return { id: client.id, key: { ...(await exportJWK(client.privateKey)), kid: `${client.id}-key`, alg: client.alg } }
}

function guardOf(options: Pick<ProtectOptions, 'resource' | 'tools' | 'client'>): Promise<Guard> {
  return protect({ issuer: chain.server.issuer, fetch: recordingFetch, log: () => undefined, ...options })
}

/** A person's call at the first server: the token of their client, and what the server sees of it. */
async function call(scope?: string) {
  const signedIn = await signIn(chain, scope)
  return { ...signedIn, access: await front.verifier.verifyAccessToken(signedIn.token) }
}

const codeOf = (exchange: Promise<unknown>): Promise<unknown> =>
  exchange.then(
    () => 'exchanged',
    (error) => error.code,
  )

beforeAll(async () => {
  chain = await startChain()
  front = await guardOf({ resource: FRONT, tools: FRONT_TOOLS, client: await clientOf(chain.front) })
  api = await guardOf({ resource: API, tools: API_TOOLS, client: await clientOf(chain.api) })
  store = await guardOf({ resource: STORE, tools: API_TOOLS })
  // On a busy machine the first answer of a server can take longer than a guard waits.
  const isReady = async (guard: Guard): Promise<void> => expect(await guard.ready()).toBe(true)
  for (const guard of [front, api, store]) {
    await vi.waitFor(() => isReady(guard), { timeout: 60_000, interval: 500 })
  }
})
afterAll(() => chain.server.close())
beforeEach(() => {
  sent = []
})

describe('guard.exchange with the real server', () => {
  it('hands a call on over two hops, each with a token for the next one alone (I7, A129, AS-TX-07, RS-DS-01, RS-DS-02)', async () => {
    const { access, claims } = await call()
    const first = await front.exchange(access, { resource: API, scope: 'mcp:issue:read' })
    const atApi = await api.verifier.verifyAccessToken(first.accessToken)
    const second = await api.exchange(atApi, { resource: STORE })
    const atStore = await store.verifier.verifyAccessToken(second.accessToken)

    expect([access, atApi, atStore].map(({ resource }) => resource.href)).toEqual([FRONT, `${API}/`, `${STORE}/`])
    expect([access, atApi, atStore].map(({ extra }) => extra.sub)).toEqual([claims.sub, claims.sub, claims.sub])
    expect(atStore.extra.act).toEqual({ sub: 'api', act: { sub: 'front' } })
    expect(atStore.scopes).toEqual(['mcp:issue:read'])
    expect(first.expiresAt).toBeLessThanOrEqual(access.expiresAt)
    // Of the token itself: what the answer said of it is an estimate of the moment it was asked for.
    expect(second.expiresAt).toBeLessThanOrEqual(atApi.expiresAt)
    for (const [guard, token] of [
      [api, second],
      [store, first],
      [front, first],
    ] as const) {
      await expect(guard.verifier.verifyAccessToken(token.accessToken)).rejects.toThrow('refused')
    }
  })

  it('shows the inbound token to the issuer once, and to nobody a trace of it (RS-DS-01, R29)', async () => {
    const { access, token } = await call()
    await Promise.all([1, 2, 3].map(() => front.exchange(access, { resource: API })))
    const holding = sent.filter(({ text }) => text.includes(token))
    expect(holding.map(({ url }) => url)).toEqual([`${chain.server.issuer}/token`])
    const digest = createHash('sha256').update(token).digest()
    for (const trace of ['hex', 'base64', 'base64url'] as const) {
      for (const { text } of sent) expect(text).not.toContain(digest.toString(trace))
    }
  })

  it('asks the issuer once for calls that come together, and signs in anew for each request (RS-DS-03)', async () => {
    const { access } = await call()
    const before = (await auditEvents(chain.server, 'token.exchanged')).length
    const tokens = await Promise.all(Array.from({ length: 10 }, () => front.exchange(access, { resource: API })))
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(await auditEvents(chain.server, 'token.exchanged')).toHaveLength(before + 1)
    await front.exchange(access, { resource: API, fresh: true })
    expect(await auditEvents(chain.server, 'token.exchanged')).toHaveLength(before + 2)
  })

  it('narrows: a scope that is not held, or not known downstream, is not there (A130)', async () => {
    const { access } = await call('mcp:issue:write mcp:front:only')
    const narrow = await front.exchange(access, { resource: API, scope: 'mcp:issue:read mcp:front:only' })
    expect(narrow.scopes).toEqual(['mcp:issue:read'])
    expect(decodeJwt(narrow.accessToken).scope).toBe('mcp:issue:read')
    const nothing = front.exchange(access, { resource: API, scope: 'mcp:front:only' })
    expect(await codeOf(nothing)).toBe('SALLYPORT_E_EXCHANGE_INVALID_SCOPE')
  })

  it.each([
    { what: 'a resource that was not opened to it', resource: 'https://closed.example' },
    { what: 'a resource that nobody registered', resource: 'https://unknown.example' },
  ])('is refused for $what (A128)', async ({ resource }) => {
    const { access } = await call()
    expect(await codeOf(front.exchange(access, { resource }))).toBe('SALLYPORT_E_EXCHANGE_INVALID_TARGET')
  })

  it('is refused for a client that does not own the resource, or does not hold its key (A127, AS-TX-03)', async () => {
    const stranger = await clientOf(chain.stranger)
    const { token } = await call()
    const notOwner = await guardOf({ resource: FRONT, tools: FRONT_TOOLS, client: stranger })
    const access = await notOwner.verifier.verifyAccessToken(token)
    expect(await codeOf(notOwner.exchange(access, { resource: API }))).toBe('SALLYPORT_E_EXCHANGE_REFUSED')
    const forged = { id: 'front', key: stranger.key }
    const forger = await guardOf({ resource: FRONT, tools: FRONT_TOOLS, client: forged })
    const seen = await forger.verifier.verifyAccessToken(token)
    expect(await codeOf(forger.exchange(seen, { resource: API }))).toBe('SALLYPORT_E_EXCHANGE_INVALID_CLIENT')
  })

  it('ends with the grant, and what was kept of it ends with the first refusal (A137, AS-TX-08)', async () => {
    const { access, clientId, refreshToken } = await call()
    const kept = await front.exchange(access, { resource: API })
    const form = new URLSearchParams({ token: refreshToken, client_id: clientId })
    expect((await fetch(`${chain.server.issuer}/revoke`, { method: 'POST', body: form })).status).toBe(200)
    expect(await front.exchange(access, { resource: API })).toBe(kept)
    const refused = 'SALLYPORT_E_EXCHANGE_INVALID_GRANT'
    expect(await codeOf(front.exchange(access, { resource: API, fresh: true }))).toBe(refused)
    expect(await codeOf(front.exchange(access, { resource: API }))).toBe(refused)
  })
})
