import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLagWatch } from '../../src/http/revocations/lag.ts'
import { postForm } from '../setup/access-tokens.ts'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { signInAndRedeem } from '../setup/flow.ts'
import { serveMetrics } from './exposition.ts'

let one: TestServer
/** Another process on the same database. */
let two: TestServer
let metrics: Awaited<ReturnType<typeof serveMetrics>>
beforeAll(async () => {
  one = await startTestServer()
  two = await startTestServer({ sharing: one, settings: { mode: 'serve' } })
  metrics = await serveMetrics(two)
})
afterAll(async () => {
  metrics.close()
  await two.close()
  await one.close()
})

const LAG = 'sallyport_revocation_lag_seconds'
// The feed reads the table again after a quarter of a second.
const FEED_MS = 300

const askFeed = async (): Promise<void> => {
  await sleep(FEED_MS)
  await (await fetch(`${two.origin}/resources/${encodeURIComponent(RESOURCE)}/revocations`)).text()
}

async function revoked(): Promise<void> {
  const { clientId, tokens } = await signInAndRedeem(one)
  await postForm(one, '/revoke', { client_id: clientId, token: String(tokens.body.refresh_token) })
}

describe('revocation lag', () => {
  it('is told once for each revocation of any process, from its record to the feed of this one (I3)', async () => {
    await revoked()
    await askFeed()
    expect((await metrics.scrape()).sum(`${LAG}_count`)).toBe(0)
    await revoked()
    await askFeed()
    await askFeed()
    const told = await metrics.scrape()
    expect(told.sum(`${LAG}_count`)).toBe(1)
    // It was recorded before the pause, so that the pause is part of it; clocks may differ by some milliseconds.
    expect(told.sum(`${LAG}_sum`)).toBeGreaterThan(FEED_MS / 2_000)
  })

  it('is told for each resource by itself, and with the time the reading took', () => {
    const told: number[] = []
    const watch = createLagWatch((seconds) => told.push(seconds))
    const [first, second] = [
      { id: 'a', secondsAgo: 9, takenBack: undefined },
      { id: 'b', secondsAgo: 2, takenBack: ['mcp:issue:create'] },
    ]
    const ended = { ...second, secondsAgo: 1, takenBack: undefined }
    watch('https://one.example', [], 0)
    watch('https://two.example', [first], 0)
    watch('https://one.example', [first], 0.5)
    watch('https://one.example', [first, second], 0)
    watch('https://two.example', [first, second], 0)
    watch('https://one.example', [second], 0)
    watch('https://one.example', [ended], 0)
    expect(told).toEqual([9.5, 2, 2, 1])
  })
})
