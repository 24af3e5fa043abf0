import type { Access } from '@sallyport/resource'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { DOWNSTREAM } from './setup/exchange-rules.ts'
import { type ExchangingGuard, startExchangingGuard } from './setup/exchanging-guard.ts'

const HELD = ['a:read', 'b:read', 'c:write']

const WAIT = fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 400 }) })
const EXCHANGE = fc.record({
  kind: fc.constant('exchange' as const),
  scope: fc.option(fc.subarray(HELD, { minLength: 1 }), { nil: undefined }),
  /** What the issuer says about the lifetime, right or wrong. */
  expiresIn: fc.integer({ min: 1, max: 100_000 }),
  calls: fc.integer({ min: 1, max: 4 }),
})

interface ExchangeStep {
  readonly kind: 'exchange'
  readonly scope: readonly string[] | undefined
  readonly expiresIn: number
  readonly calls: number
}

type Step = { readonly kind: 'wait'; readonly seconds: number } | ExchangeStep

async function walk(lifetime: number, steps: readonly Step[]): Promise<void> {
  const guard = await startExchangingGuard()
  const subjectExpiresAt = guard.issuer.now + lifetime
  const { access } = await guard.arrive({ exp: subjectExpiresAt, scope: HELD.join(' ') })
  for (const step of steps) {
    if (step.kind === 'wait') guard.issuer.now += step.seconds
    else await exchangeInParallel(guard, access, step)
  }
}

async function exchangeInParallel(guard: ExchangingGuard, access: Access, step: ExchangeStep): Promise<void> {
  const { scope, expiresIn, calls } = step
  const before = guard.issuer.forms().length
  guard.issuer.answer = (good) => Response.json({ ...good, expires_in: expiresIn })
  const options = scope === undefined ? {} : { scope }
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, () => guard.exchange(access, options)))
  expect(guard.issuer.forms().length - before).toBeLessThanOrEqual(1)
  const isLive = guard.issuer.now < access.expiresAt
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([isLive ? 'fulfilled' : 'rejected']))
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') continue
    const { expiresAt, scopes } = outcome.value
    expect(expiresAt).toBeGreaterThan(guard.issuer.now)
    expect(expiresAt).toBeLessThanOrEqual(access.expiresAt)
    for (const one of scopes) expect(scope ?? HELD).toContain(one)
  }
}

describe('the cache of guard.exchange (RS-DS-03)', () => {
  it('asks once for parallel calls that want the same, in whatever order they name the scopes', async () => {
    const guard = await startExchangingGuard()
    const { access } = await guard.arrive({ scope: HELD.join(' ') })
    const spellings = ['a:read b:read', ['b:read', 'a:read'], 'b:read  a:read b:read', ['a:read', 'b:read']]
    const tokens = await Promise.all(spellings.map((scope) => guard.exchange(access, { scope })))
    expect(new Set(tokens).size).toBe(1)
    expect(guard.issuer.forms()).toHaveLength(1)
  })

  it('keeps apart what differs in person, resource or scope (G29)', async () => {
    const guard = await startExchangingGuard()
    const people = await Promise.all(['alice', 'bob'].map((sub) => guard.arrive({ sub, scope: HELD.join(' ') })))
    const options = [{}, { scope: 'a:read' }, { scope: 'a:read b:read' }, { resource: `${DOWNSTREAM}/eu` }]
    const wanted = people.flatMap(({ access }) => options.map((one) => ({ access, one })))
    const tokens = await Promise.all(wanted.map(({ access, one }) => guard.exchange(access, one)))
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(8)
    const again = await Promise.all(wanted.map(({ access, one }) => guard.exchange(access, one)))
    expect(again).toEqual(tokens)
    expect(guard.issuer.forms()).toHaveLength(8)
  })

  it('never crosses two people in a thousand calls whose answers come in any order (G29)', async () => {
    const guard = await startExchangingGuard()
    guard.issuer.answer = async (good) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
      return Response.json(good)
    }
    const names = Array.from({ length: 25 }, (_, at) => `person-${at}`)
    const people: { sub: string; access: Access }[] = []
    for (const sub of names) people.push({ sub, access: (await guard.arrive({ sub, scope: HELD.join(' ') })).access })
    const calls = Array.from({ length: 40 }, (_, at) =>
      people.map((person) => ({ ...person, scope: HELD[at % 3] ?? '' })),
    )
    const outcomes = await Promise.all(
      calls.flat().map(async ({ sub, access, scope }) => {
        const claims = decodeJwt((await guard.exchange(access, { scope })).accessToken)
        return { wanted: [sub, scope], got: [claims.sub, claims.scope] }
      }),
    )
    expect(outcomes).toHaveLength(1_000)
    for (const { wanted, got } of outcomes) expect(got).toEqual(wanted)
    expect(guard.issuer.forms()).toHaveLength(75)
  })

  it('asks again when a token is about to expire on its way downstream', async () => {
    const guard = await startExchangingGuard()
    guard.issuer.lifetimeSeconds = 60
    const { access } = await guard.arrive()
    const first = await guard.exchange(access)
    guard.issuer.now += 49
    expect(await guard.exchange(access)).toBe(first)
    guard.issuer.now += 1
    expect(await guard.exchange(access)).not.toBe(first)
  })

  it('asks again for a call that wants a fresh answer, so that it fails once the grant is gone (AS-TX-08)', async () => {
    const guard = await startExchangingGuard()
    const { access } = await guard.arrive()
    const first = await guard.exchange(access)
    const second = await guard.exchange(access, { fresh: true })
    expect(second).not.toBe(first)
    expect(await guard.exchange(access)).toBe(second)
    guard.issuer.answer = () => Response.json({ error: 'invalid_grant' }, { status: 400 })
    await expect(guard.exchange(access, { fresh: true })).rejects.toMatchObject({
      code: 'SALLYPORT_E_EXCHANGE_INVALID_GRANT',
    })
  })

  it('does not ask again for what another exchange could not make last longer', async () => {
    const guard = await startExchangingGuard()
    const { access } = await guard.arrive({ exp: guard.issuer.now + 100 })
    guard.issuer.answer = (good) => Response.json({ ...good, expires_in: 3_600 })
    const first = await guard.exchange(access)
    guard.issuer.now += 99
    expect(await guard.exchange(access)).toBe(first)
    expect(guard.issuer.forms()).toHaveLength(1)
  })

  it('is passed by where a call must not go on after a revocation, and has the newer token afterwards', async () => {
    const guard = await startExchangingGuard()
    const { access } = await guard.arrive({ scope: HELD.join(' ') })
    const other = await guard.exchange(access, { scope: 'b:read' })
    const kept = await guard.exchange(access, { scope: 'a:read' })
    const renewed = await guard.exchange(access, { scope: 'a:read', fresh: true })
    expect(renewed).not.toBe(kept)
    expect(await guard.exchange(access, { scope: 'a:read' })).toBe(renewed)
    expect(await guard.exchange(access, { scope: 'b:read' })).toBe(other)
    guard.issuer.answer = () => Response.json({ error: 'invalid_grant' }, { status: 400 })
    expect(await guard.refusal(access, { scope: 'a:read', fresh: true })).toMatchObject({ oauthError: 'invalid_grant' })
    expect(await guard.refusal(access, { scope: 'a:read' })).toMatchObject({ oauthError: 'invalid_grant' })
  })

  it('lets all parallel calls fail with one failure, and none later', async () => {
    const guard = await startExchangingGuard()
    guard.issuer.answer = () => new Response(undefined, { status: 503 })
    const { access } = await guard.arrive()
    const errors = await Promise.all([1, 2, 3].map(() => guard.refusal(access)))
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['SALLYPORT_E_EXCHANGE_UNAVAILABLE']))
    expect(guard.issuer.forms()).toHaveLength(1)
    guard.issuer.answer = undefined
    await guard.exchange(access)
    expect(guard.issuer.forms()).toHaveLength(2)
  })

  it('never outlives the access token, and never holds more scope than was asked for, whatever happens (I7, A130, A137)', async () => {
    const lifetime = fc.integer({ min: 2, max: 900 })
    const steps = fc.array(fc.oneof(WAIT, EXCHANGE), { minLength: 1, maxLength: 12 })
    await fc.assert(fc.asyncProperty(lifetime, steps, walk), { numRuns: 60 })
  })

  it('sends the inbound token, and anything made of it, nowhere but in the body of the exchange (RS-DS-01, R29)', async () => {
    const guard = await startExchangingGuard()
    const { access, token } = await guard.arrive()
    guard.issuer.answer = (good) => Response.json({ ...good, expires_in: 1 })
    for (const scope of ['mcp:issue:read', 'mcp:issue:create']) await guard.exchange(access, { scope })
    const digest = Buffer.from(access.handle.slice('at:'.length), 'hex')
    const traces = [digest.toString('hex'), digest.toString('base64'), digest.toString('base64url'), btoa(token)]
    expect(guard.issuer.sent.length).toBeGreaterThan(3)
    for (const { url, headers, body } of guard.issuer.sent) {
      const outside = [url, ...[...headers].flat()].join('\n')
      for (const trace of [token, ...traces]) expect(outside).not.toContain(trace)
      for (const trace of traces) expect(body).not.toContain(trace)
      if (body.includes(token)) {
        expect(url).toBe(`${guard.issuer.issuer}/token`)
        expect([...new URLSearchParams(body)].filter(([, value]) => value.includes(token))).toEqual([
          ['subject_token', token],
        ])
      }
    }
  })
})
