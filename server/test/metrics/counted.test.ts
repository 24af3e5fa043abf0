import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanUp } from '../../src/store/housekeeping.ts'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import {
  approve,
  authorization,
  redeem,
  refresh,
  register,
  signInAndRedeem,
  tokenRequest,
  walk,
} from '../setup/flow.ts'
import { passTime, query } from '../setup/state.ts'
import { serveMetrics } from './exposition.ts'

let server: TestServer
let metrics: Awaited<ReturnType<typeof serveMetrics>>
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
  metrics = await serveMetrics(server)
})
afterAll(async () => {
  metrics.close()
  await server.close()
})

type Labels = Readonly<Record<string, string>>

/** By how much one metric moved while `act` ran. */
async function moves(name: string, labels: Labels, act: () => Promise<unknown>): Promise<number> {
  const before = await metrics.scrape()
  await act()
  return (await metrics.scrape()).sum(name, labels) - before.sum(name, labels)
}

const TOKENS = 'sallyport_token_requests_total'
const REFUSALS = 'sallyport_refusals_total'
const REVOKED = 'sallyport_grants_revoked_total'
const AUDIENCE = 'sallyport_audience_failures_total'

describe('answers of the token endpoint are counted by grant type and outcome', () => {
  it('a code that is redeemed, and a refresh', async () => {
    let [clientId, token] = ['', '']
    const redeems = async (): Promise<void> => {
      const signedIn = await signInAndRedeem(server)
      clientId = signedIn.clientId
      token = String(signedIn.tokens.body.refresh_token)
    }
    expect(await moves(TOKENS, { grant_type: 'authorization_code', outcome: 'issued' }, redeems)).toBe(1)
    const refreshes = () => refresh(server, clientId, token)
    expect(await moves(TOKENS, { grant_type: 'refresh_token', outcome: 'issued' }, refreshes)).toBe(1)
  })

  it('a refusal, with its code and endpoint', async () => {
    const clientId = await register(server)
    const refused = () => refresh(server, clientId, 'nothing')
    expect(await moves(TOKENS, { grant_type: 'refresh_token', outcome: 'refused' }, refused)).toBe(1)
    expect(await moves(REFUSALS, { endpoint: '/token', code: 'SALLYPORT_E_GRANT' }, refused)).toBe(1)
  })

  it('a grant type that does not exist is another', async () => {
    const clientId = await register(server)
    const asks = () => tokenRequest(server, { grant_type: 'urn:example:mine', client_id: clientId })
    expect(await moves(TOKENS, { grant_type: 'other', outcome: 'refused' }, asks)).toBe(1)
    expect(await moves(REFUSALS, { endpoint: '/token', code: 'SALLYPORT_E_GRANT_TYPE' }, asks)).toBe(1)
  })
})

describe('refusals are counted by endpoint and code', () => {
  it.each([
    { what: 'nothing there', path: '/nothing', method: 'GET', endpoint: 'other', code: 'SALLYPORT_E_NOT_FOUND' },
    { what: 'a wrong method', path: '/token', method: 'GET', endpoint: '/token', code: 'SALLYPORT_E_METHOD' },
    {
      what: 'an app that is not known, on a page',
      path: '/authorize?client_id=nobody&response_type=code',
      method: 'GET',
      endpoint: '/authorize',
      code: 'SALLYPORT_E_CLIENT',
    },
    {
      what: 'a page that is over',
      path: '/authorize/abcdef/consent',
      method: 'GET',
      endpoint: '/authorize/{uid}/consent',
      code: 'SALLYPORT_E_INTERACTION_EXPIRED',
    },
    {
      what: 'a resource that is not there',
      path: '/resources/none/revocations',
      method: 'GET',
      endpoint: '/resources/{id}/revocations',
      code: 'SALLYPORT_E_NOT_FOUND',
    },
  ])('$what', async ({ path, method, endpoint, code }) => {
    const asks = () => fetch(server.origin + path, { method })
    expect(await moves(REFUSALS, { endpoint, code }, asks)).toBe(1)
  })

  it('an error that goes back to the client by a redirect', async () => {
    const clientId = await register(server)
    const { url } = authorization(server, clientId, { scope: 'mcp:no:such', prompt: 'none' })
    const asks = () => fetch(url, { redirect: 'manual' })
    expect(await moves(REFUSALS, { endpoint: '/authorize' }, asks)).toBe(1)
  })

  it('a wrong password, and nothing for the right one', async () => {
    const clientId = await register(server)
    const signsIn = async (password: string): Promise<void> => {
      const browser = createBrowser()
      const { url, response } = await walk(server, browser, authorization(server, clientId).url)
      const csrf = fieldOf((await response?.text()) ?? '', 'csrf')
      await browser.post(url, { csrf, login: 'alice', password })
    }
    const labels = { endpoint: '/authorize/{uid}/sign-in', code: 'SALLYPORT_E_SIGN_IN' }
    expect(await moves(REFUSALS, labels, () => signsIn('wrong'))).toBe(1)
    expect(await moves(REFUSALS, { endpoint: labels.endpoint }, () => signsIn(PASSWORD))).toBe(0)
  })
})

describe('grants that this process ended are counted by reason', () => {
  it('a refresh token that comes back after its window (A104, I4)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    await refresh(server, clientId, String(tokens.body.refresh_token))
    await passTime(server, 61)
    const replays = () => refresh(server, clientId, String(tokens.body.refresh_token))
    expect(await moves(REVOKED, { reason: 'refresh-token-replayed' }, replays)).toBe(1)
    expect(await moves(REVOKED, {}, replays)).toBe(0)
  })

  it('a code that comes back', async () => {
    const clientId = await register(server)
    const request = authorization(server, clientId)
    const { code } = await approve(server, request)
    await redeem(server, request, code)
    expect(await moves(REVOKED, { reason: 'code-replayed' }, () => redeem(server, request, code))).toBe(1)
  })

  it('what a client gives back', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const form = { client_id: clientId, token: String(tokens.body.refresh_token) }
    const givesBack = () => postForm(server, '/revoke', form)
    expect(await moves(REVOKED, { reason: 'revoked-by-client' }, givesBack)).toBe(1)
  })

  it.each([
    {
      reason: 'consent-withdrawn',
      end: (clientId: string) => server.store.consentList.withdraw({ clientId }),
    },
    { reason: 'client-removed', end: (clientId: string) => server.store.clients.remove(clientId) },
    {
      reason: 'revoked-by-operator',
      end: async (clientId: string) => {
        const [grant] = await server.store.consentList.listGrants({ clientId })
        return server.store.consentList.endGrant(grant?.id ?? '')
      },
    },
    {
      reason: 'password-changed',
      end: async () => server.store.accounts.setPasswordHash('alice', await passwordHash()),
    },
  ])('$reason', async ({ reason, end }) => {
    await query(server, 'UPDATE grants SET revoked_at = now() WHERE revoked_at IS NULL')
    const { clientId } = await signInAndRedeem(server)
    expect(await moves(REVOKED, { reason }, () => end(clientId))).toBe(1)
    expect(await moves(REVOKED, {}, () => end(clientId))).toBe(0)
  })

  async function passwordHash(): Promise<string> {
    const [row] = await query(server, 'SELECT password_hash FROM identities')
    return String(row?.password_hash)
  }
})

describe('audiences that are refused are counted by where', () => {
  it('a resource that nobody registered, at authorize and at the token endpoint', async () => {
    const clientId = await register(server)
    const resource = 'https://elsewhere.example/mcp'
    const asks = () => fetch(authorization(server, clientId, { resource }).url, { redirect: 'manual' })
    expect(await moves(AUDIENCE, { check: 'authorize' }, asks)).toBe(1)
    const request = authorization(server, clientId)
    const { code } = await approve(server, request)
    expect(await moves(AUDIENCE, { check: 'token' }, () => redeem(server, request, code, { resource }))).toBe(1)
  })

  it('a token that a resource asks about and that is for another one', async () => {
    const { tokens } = await signInAndRedeem(server)
    const asks = (who: keyof typeof CONFIDENTIAL) =>
      postForm(server, '/introspect', { token: String(tokens.body.access_token) }, basic(CONFIDENTIAL[who]))
    expect(await moves(AUDIENCE, { check: 'introspection' }, () => asks('stranger'))).toBe(1)
    expect(await moves(AUDIENCE, { check: 'introspection' }, () => asks('owner'))).toBe(0)
  })
})

describe('outgoing requests are counted', () => {
  it('with what blocked them', async () => {
    const before = await metrics.scrape()
    const documents = [
      'https://10.0.0.1/a.json',
      'https://client.internal/a.json',
      'https://client.example:9490/a.json',
    ]
    await Promise.all(documents.map((id) => fetch(authorization(server, id).url, { redirect: 'manual' })))
    const after = await metrics.scrape()
    const rose = (name: string, labels: Labels = {}): number => after.sum(name, labels) - before.sum(name, labels)
    expect(rose('sallyport_egress_requests_total')).toBe(3)
    expect(rose('sallyport_egress_blocks_total', { reason: 'host' })).toBe(2)
    expect(rose('sallyport_egress_blocks_total', { reason: 'port' })).toBe(1)
    expect(rose('sallyport_egress_failures_total')).toBe(0)
  })
})

describe('the rest', () => {
  it('requests and how long they took, by endpoint and method', async () => {
    const asks = () => fetch(`${server.origin}/.well-known/jwks.json`)
    const labels = { endpoint: '/.well-known/jwks.json', method: 'GET' }
    expect(await moves('sallyport_requests_total', { ...labels, status: '2xx' }, asks)).toBe(1)
    expect(await moves('sallyport_request_duration_seconds_count', labels, asks)).toBe(1)
    expect(await moves('sallyport_request_duration_seconds_sum', labels, asks)).toBeGreaterThan(0)
  })

  it('rows that housekeeping removed, by table', async () => {
    await signInAndRedeem(server)
    await query(server, "UPDATE session_ids SET expires_at = now() - interval '1 second'")
    const progress = server.metrics.observers.rowsRemoved
    const cleans = () => cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0, progress })
    const name = 'sallyport_housekeeping_removed_rows_total'
    expect(await moves(name, { table: 'session_ids' }, cleans)).toBeGreaterThan(0)
  })

  it('connections, those that wait included, without asking the database', async () => {
    const held = Promise.all(
      Array.from({ length: 12 }, () =>
        server.store.database.read({ name: 'wait', text: 'SELECT pg_sleep(0.5)::text AS slept' }, []),
      ),
    )
    const { roundTrips } = server.store.database.counts
    const busy = await metrics.scrape()
    expect(server.store.database.counts.roundTrips).toBe(roundTrips)
    expect(busy.sum('sallyport_database_connections_max')).toBe(10)
    expect(busy.sum('sallyport_database_connections', { state: 'in_use' })).toBe(10)
    expect(busy.sum('sallyport_database_waiting')).toBe(2)
    await held
    const quiet = await metrics.scrape()
    expect(quiet.sum('sallyport_database_waiting')).toBe(0)
    expect(quiet.sum('sallyport_database_connections', { state: 'in_use' })).toBe(0)
  })
})
