import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Chain, exchange, STORE, signIn, startChain } from '../exchange/chain.ts'
import { serveMetrics } from './exposition.ts'

let chain: Chain
let metrics: Awaited<ReturnType<typeof serveMetrics>>
let token: string
beforeAll(async () => {
  chain = await startChain()
  metrics = await serveMetrics(chain.server)
  ;({ token } = await signIn(chain))
})
afterAll(async () => {
  metrics.close()
  await chain.server.close()
})

const TOKENS = 'sallyport_token_requests_total'
const AUDIENCE = 'sallyport_audience_failures_total'

it('counts an exchange, and no failure of an audience with it', async () => {
  const before = await metrics.scrape()
  expect((await exchange(chain.server, chain.front, token)).status).toBe(200)
  const after = await metrics.scrape()
  const labels = { grant_type: 'token_exchange', outcome: 'issued' }
  expect(after.sum(TOKENS, labels) - before.sum(TOKENS, labels)).toBe(1)
  expect(after.sum(AUDIENCE)).toBe(before.sum(AUDIENCE))
})

it.each([
  { what: 'for a resource that is not open to it', check: 'exchange-target', who: 'front', resource: STORE },
  { what: 'of a token for the resource of another', check: 'exchange-subject', who: 'stranger', resource: undefined },
] as const)('counts an exchange $what as refused, and where', async ({ check, who, resource }) => {
  const before = await metrics.scrape()
  const form = resource === undefined ? {} : { resource }
  expect((await exchange(chain.server, chain[who], token, form)).status).toBe(400)
  const after = await metrics.scrape()
  const labels = { grant_type: 'token_exchange', outcome: 'refused' }
  expect(after.sum(TOKENS, labels) - before.sum(TOKENS, labels)).toBe(1)
  expect(after.sum(AUDIENCE, { check }) - before.sum(AUDIENCE, { check })).toBe(1)
  expect(after.sum(AUDIENCE) - before.sum(AUDIENCE)).toBe(1)
})
