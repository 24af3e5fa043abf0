import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CATALOGUE, type Metric, OTHER } from '../../src/metrics/catalogue.ts'
import { PASSWORD, RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem, tokenRequest } from '../setup/flow.ts'
import { familyOf, serveMetrics } from './exposition.ts'

let server: TestServer
let metrics: Awaited<ReturnType<typeof serveMetrics>>
beforeAll(async () => {
  server = await startTestServer()
  metrics = await serveMetrics(server)
})
afterAll(async () => {
  metrics.close()
  await server.close()
})

const CANARY = 'canary'

/** Everything of a request that a stranger chooses, with a word in it that must not come back. */
async function hostileRequests(): Promise<void> {
  const paths = [
    `/${CANARY}`,
    `/token/${CANARY}`,
    `/authorize/${CANARY}`,
    `/authorize/${CANARY}/sign-in`,
    `/resources/${CANARY}/revocations`,
    `/resources/${CANARY}/protected-resource-metadata`,
    `/%22%7D%20${CANARY}%0Aevil_metric%201`,
    `/authorize?client_id=${CANARY}&scope=${CANARY}&state=${CANARY}&resource=https://${CANARY}.example&response_type=${CANARY}`,
    `/authorize?client_id=https://${CANARY}.internal/app.json&response_type=code`,
  ]
  for (const path of paths) await fetch(server.origin + path, { redirect: 'manual' })
  for (const method of ['PROPFIND', 'MKCOL', 'DELETE', 'PATCH', 'M-SEARCH']) {
    await fetch(`${server.origin}/token`, { method, headers: { Origin: `https://${CANARY}.example` } })
  }
  const clientId = await register(server, { client_name: CANARY })
  for (const form of [
    { grant_type: CANARY },
    { grant_type: 'constructor', client_id: clientId },
    { grant_type: '__proto__', client_id: clientId },
    { grant_type: 'refresh_token', client_id: `${CANARY}"} 1\nevil_metric 1` },
    { grant_type: 'refresh_token', client_id: clientId, refresh_token: CANARY, scope: CANARY },
    { grant_type: 'authorization_code', client_id: clientId, code: CANARY, code_verifier: CANARY },
  ]) {
    await tokenRequest(server, form)
  }
}

describe('labels', () => {
  it('hold nothing that a request brought along, whatever it was (A35)', async () => {
    await hostileRequests()
    const { text, samples, types } = await metrics.scrape()
    expect(text).not.toContain(CANARY)
    expect(text).not.toContain('evil_metric')
    for (const { name, labels } of samples) {
      const family = familyOf(name, types) ?? ''
      const metric = Object.entries<Metric>(CATALOGUE).find(([known]) => known === family)?.[1]
      for (const [label, value] of Object.entries(labels)) {
        const closed = metric?.labels[label] ?? []
        if (label === 'le' || closed.length === 0) continue
        expect([...closed, OTHER]).toContain(value)
      }
    }
  })

  it('make no more series, however many different things are asked for', async () => {
    await hostileRequests()
    const before = (await metrics.scrape()).samples.length
    for (let at = 0; at < 50; at += 1) {
      await fetch(`${server.origin}/${CANARY}-${at}`, { method: 'PATCH' })
      await tokenRequest(server, { grant_type: `${CANARY}-${at}`, client_id: `${CANARY}-${at}` })
      await fetch(`${server.origin}/authorize/${CANARY}-${at}`, { redirect: 'manual' })
    }
    const { samples, sum } = await metrics.scrape()
    // `PATCH` of something else, by status and by time, may be new; fifty of it are one.
    expect(samples.length - before).toBeLessThan(40)
    expect(sum('sallyport_requests_total', { endpoint: 'other', method: OTHER })).toBeGreaterThanOrEqual(50)
  })

  it('never hold a person, a client, a scope, an address or a token, after all that a person does', async () => {
    const { clientId, request, callback, tokens } = await signInAndRedeem(server, { scope: 'mcp:issue:read' })
    const next = await refresh(server, clientId, String(tokens.body.refresh_token))
    await redeem(server, request, callback.code)
    await approve(server, authorization(server, clientId), { decision: 'deny' })
    const { text } = await metrics.scrape()
    const [account] = await server.store.accounts.list()
    const secrets = [
      ...['alice', 'Alice', account?.id, PASSWORD, clientId, RESOURCE, 'mcp:', '127.0.0.1', request.state],
      ...[callback.code, tokens.body.access_token, tokens.body.refresh_token, next.body.access_token],
    ]
    for (const secret of secrets) expect(text).not.toContain(String(secret))
    // A code of ours that is on no list would count here.
    const unknown = (await metrics.scrape()).samples.filter(
      ({ name, labels }) => name === 'sallyport_refusals_total' && labels.code === OTHER,
    )
    expect(unknown).toEqual([])
  })
})
