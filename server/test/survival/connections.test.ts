import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { type Serving, startServing, UNAVAILABLE } from './serving.ts'

const POLL = { timeout: 60_000, interval: 50 }
/** Fewer than the requests that come at once. */
const POOL_SIZE = 3

let home: TestServer
let serving: Serving
beforeAll(async () => {
  home = await startTestServer()
  serving = await startServing(home, { poolSize: POOL_SIZE })
})
afterAll(async () => {
  await serving.stop()
  await home.close()
})

/** Holds something in the database that every refresh needs, as a forgotten transaction would. */
async function hold(statement: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: home.databaseUrl })
  await client.connect()
  await client.query('BEGIN')
  await client.query(statement)
  return async () => {
    await client.query('ROLLBACK')
    await client.end()
  }
}

describe('when every connection of the pool is taken', () => {
  it('requests are answered 503 in time, and afterwards as if nothing had been', async () => {
    const { clientId, tokens } = await signInAndRedeem(home)
    const token = String(tokens.body.refresh_token)
    const release = await hold('LOCK TABLE grants IN ACCESS EXCLUSIVE MODE')
    const answers = await Promise.all(
      Array.from({ length: 4 * POOL_SIZE }, () => refresh(serving.server, clientId, token)),
    )
    for (const answer of answers) {
      expect(answer).toMatchObject(UNAVAILABLE)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(await serving.live()).toBe(200)
    await release()
    await expect.poll(() => serving.ready(), POLL).toBe(200)
    expect((await refresh(serving.server, clientId, token)).status).toBe(200)
  })
})

describe('a statement that was given up', () => {
  it('is not committed when what it waited for is free again (I9)', async () => {
    const { clientId, tokens } = await signInAndRedeem(home)
    const token = String(tokens.body.refresh_token)
    const consumed = () =>
      query(
        home,
        'SELECT 1 FROM refresh_tokens WHERE consumed_at IS NOT NULL AND grant_id IN (SELECT id FROM grants WHERE client_id = $1)',
        [clientId],
      )
    const release = await hold(`SELECT 1 FROM grants WHERE client_id = '${clientId}' FOR UPDATE`)
    expect(await refresh(serving.server, clientId, token)).toMatchObject(UNAVAILABLE)
    // The database gave up before the server did: nobody waits there any more.
    const waiting = await query(
      home,
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    )
    expect(waiting).toEqual([])
    await release()
    expect(await consumed()).toEqual([])
    expect((await refresh(serving.server, clientId, token)).status).toBe(200)
    expect(await consumed()).toHaveLength(1)
  })
})

describe('a signing key in the database that does not open', () => {
  it('turns /readyz red, stops no request, and is forgotten when it is gone (A148)', async () => {
    const { clientId, tokens } = await signInAndRedeem(home)
    await query(
      home,
      `INSERT INTO signing_keys (kid, generation, algorithm, sealed, created_at, signs_from)
        VALUES ('planted', 99, 'ES256', '\\x00', now(), now())`,
    )
    await expect.poll(() => serving.ready(), POLL).toBe(503)
    const answer = await refresh(serving.server, clientId, String(tokens.body.refresh_token))
    expect(answer.status).toBe(200)
    const { keys } = await (await fetch(`${serving.server.origin}/.well-known/jwks.json`)).json()
    expect(keys.map(({ kid }: { kid: string }) => kid)).not.toContain('planted')
    await query(home, "DELETE FROM signing_keys WHERE kid = 'planted'")
    await expect.poll(() => serving.ready(), POLL).toBe(200)
  })
})
