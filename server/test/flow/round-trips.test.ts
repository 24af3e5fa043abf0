import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { createProofKey, showing } from '../setup/proof-key.ts'
import { push, pushedUrl } from '../setup/push.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
})
afterAll(() => server.close())

interface Cost {
  readonly roundTrips: number
  readonly commits: number
}

/** What `work` costs the database, beside what is read every two seconds for all requests together. */
async function costOf(clientId: string, work: () => Promise<unknown>): Promise<Cost> {
  await server.store.registry.current()
  await refresh(server, clientId, 'x')
  const shared = [vi.spyOn(server.store.signingKeys, 'list'), vi.spyOn(server.store.resources, 'list')]
  const before = { ...server.store.database.counts }
  await work()
  const { roundTrips, commits } = server.store.database.counts
  const sharedTrips = shared.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
  for (const spy of shared) spy.mockRestore()
  return { roundTrips: roundTrips - before.roundTrips - sharedTrips, commits: commits - before.commits }
}

function expectAtMost(cost: Cost, most: Cost): void {
  expect(cost.roundTrips, JSON.stringify(cost)).toBeLessThanOrEqual(most.roundTrips)
  expect(cost.commits, JSON.stringify(cost)).toBeLessThanOrEqual(most.commits)
}

describe('the database is asked', () => {
  it('twice for a refresh, with one commit', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const cost = await costOf(clientId, () => refresh(server, clientId, String(tokens.body.refresh_token)))
    expectAtMost(cost, { roundTrips: 2, commits: 1 })
  })

  it('twice for a repetition within the grace window, with one commit', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    await refresh(server, clientId, token)
    expectAtMost(await costOf(clientId, () => refresh(server, clientId, token)), { roundTrips: 2, commits: 1 })
  })

  it('once for a refresh token that never was, with no commit', async () => {
    const clientId = await register(server)
    const cost = await costOf(clientId, () => refresh(server, clientId, 'x'.repeat(43)))
    expectAtMost(cost, { roundTrips: 1, commits: 0 })
  })

  it('twice for a code, with one commit', async () => {
    const clientId = await register(server)
    const request = authorization(server, clientId)
    const { code } = await approve(server, request)
    expectAtMost(await costOf(clientId, () => redeem(server, request, code)), { roundTrips: 2, commits: 1 })
  })

  it('twice for a code that comes with a proof, with one commit: the proof goes with the statement', async () => {
    const clientId = await register(server)
    const request = authorization(server, clientId)
    const { code } = await approve(server, request)
    const proof = await showing(server, await createProofKey())
    const cost = await costOf(clientId, () => redeem(server, request, code, {}, proof))
    expectAtMost(cost, { roundTrips: 2, commits: 1 })
  })

  it('once to push a request and once more to bring it, with a commit each', async () => {
    const clientId = await register(server)
    const request = authorization(server, clientId)
    const plain = await costOf(clientId, () => createBrowser().get(authorization(server, clientId).url))
    let requestUri: unknown
    const pushing = await costOf(clientId, async () => {
      requestUri = (await push(server, request)).body.request_uri
    })
    expectAtMost(pushing, { roundTrips: 1, commits: 1 })
    const bringing = await costOf(clientId, () => createBrowser().get(pushedUrl(server, clientId, requestUri)))
    expectAtMost(bringing, { roundTrips: plain.roundTrips + 1, commits: plain.commits + 1 })
  })

  it('twelve times at most for a first login from the authorization request to the tokens, with six commits at most', async () => {
    const clientId = await register(server)
    const request = authorization(server, clientId)
    const cost = await costOf(clientId, async () => {
      const { code } = await approve(server, request)
      expect((await redeem(server, request, code)).status).toBe(200)
    })
    // Two of each take the try of the password and give it back: beside the hash between them they cost nothing.
    expectAtMost(cost, { roundTrips: 12, commits: 6 })
  })

  it('nine times at most for a second authorization in the same browser, with three commits at most', async () => {
    const clientId = await register(server)
    const browser = createBrowser()
    await approve(server, authorization(server, clientId), {}, browser)
    const request = authorization(server, clientId)
    const cost = await costOf(clientId, async () => {
      const { code } = await approve(server, request, {}, browser)
      expect((await redeem(server, request, code)).status).toBe(200)
    })
    expectAtMost(cost, { roundTrips: 9, commits: 3 })
  })

  it('once for an introspection, which changes nothing', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const form = { token: String(tokens.body.access_token) }
    await postForm(server, '/introspect', form, basic(CONFIDENTIAL.owner))
    const cost = await costOf(clientId, () => postForm(server, '/introspect', form, basic(CONFIDENTIAL.owner)))
    expectAtMost(cost, { roundTrips: 1, commits: 0 })
  })

  it.each(['access_token', 'refresh_token'])('twice for a revocation by %s, with one commit', async (kind) => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const form = { client_id: clientId, token: String(tokens.body[kind]) }
    const cost = await costOf(clientId, () => postForm(server, '/revoke', form))
    expectAtMost(cost, { roundTrips: 2, commits: 1 })
  })
})
