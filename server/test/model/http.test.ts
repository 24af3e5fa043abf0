import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FEED_AGE_MS } from '../../src/http/revocations/feed.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { times } from '../setup/scale.ts'
import { type Servers, startServers } from './http-place.ts'
import { FIRST_AUTHORIZATION, HTTP_STEPS } from './http-steps.ts'
import { Model } from './model.ts'
import { expectFeed, expectTables } from './tables.ts'

const SEQUENCES = times(201, 2_001)
const STEPS_MAX = 16
const GRACE_SECONDS = 60
// While one sequence waits for an answer, another asks.
const LANES = 3
const TIMEOUT_MS = times(600_000, 3_600_000)

let servers: Servers
beforeAll(async () => {
  servers = await startServers()
})
afterAll(() => servers.close())

// Of what ended before those the feed has forgotten some, because their time was moved.
const FEED_SEQUENCES = 150
const RECENT_SECONDS = 600

interface Left {
  readonly ended: readonly string[]
  readonly living: readonly string[]
}

function attack(left: Left[]): Promise<void> {
  const steps = fc.commands(HTTP_STEPS, { maxCommands: STEPS_MAX, size: 'max' })
  const property = fc.asyncProperty(steps, async (sequence) => {
    const place = await servers.begin()
    const model = new Model(GRACE_SECONDS)
    for (const person of model.people) person.sessions.clear()
    await fc.asyncModelRun(async () => ({ model, real: place }), [FIRST_AUTHORIZATION, ...sequence])
    await expectTables(model, place)
    await expectFeed(model, place, (id) => model.grants.has(id))
    left.push(leftBy(model))
  })
  return fc.assert(property, { numRuns: SEQUENCES / LANES })
}

function leftBy({ grants, now }: Model): Left {
  const all = [...grants]
  const recent = all.filter(([, { ended }]) => ended !== undefined && now - ended.at < RECENT_SECONDS)
  const living = all.filter(([, { ended }]) => ended === undefined)
  return { ended: recent.map(([id]) => id), living: living.map(([id]) => id) }
}

async function feedsOf({ origin }: TestServer): Promise<Set<unknown>> {
  const feeds = await Promise.all(
    ['demo', 'other'].map(async (id) => {
      const { revoked } = decodeJwt(await (await fetch(`${origin}/resources/${id}/revocations`)).text())
      return Array.isArray(revoked) ? revoked : []
    }),
  )
  return new Set(feeds.flat())
}

describe('codes, families, grants and consents over HTTP, at two servers', () => {
  it(
    'are what the model says, whatever order things happen in, and so is the feed (A86, A88, A90, A104, A106, A109, A110, A111, A113, A114, I1 to I4, I6)',
    async () => {
      const left: Left[] = []
      await Promise.all(Array.from({ length: LANES }, () => attack(left)))
      await sleep(FEED_AGE_MS)
      const last = left.slice(-FEED_SEQUENCES)
      for (const server of servers.all) {
        const feed = await feedsOf(server)
        expect(last.flatMap(({ ended }) => ended).filter((id) => !feed.has(id))).toEqual([])
        expect(last.flatMap(({ living }) => living).filter((id) => feed.has(id))).toEqual([])
        expect(feed.size).toBeGreaterThan(0)
      }
    },
    TIMEOUT_MS,
  )
})
