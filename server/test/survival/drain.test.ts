import { once } from 'node:events'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { startRefreshing } from './refreshing.ts'
import { type Serving, startServing } from './serving.ts'

const POLL = { timeout: 30_000, interval: 50 }

let home: TestServer
beforeAll(async () => {
  home = await startTestServer()
})
afterAll(() => home.close())

describe('SIGTERM', () => {
  it('turns /readyz red first, while requests are answered, on connections that end; then the process ends with 0', async () => {
    const serving = await startServing(home)
    const { clientId, tokens } = await signInAndRedeem(home)
    const before = await refresh(serving.server, clientId, String(tokens.body.refresh_token))
    expect(before.headers.get('connection')).not.toBe('close')
    const ended = once(serving.child, 'exit')
    serving.child.kill('SIGTERM')
    await expect.poll(() => serving.ready(), POLL).toBe(503)
    expect(await serving.live()).toBe(200)
    const during = await refresh(serving.server, clientId, String(before.body.refresh_token))
    expect(during).toMatchObject({ status: 200 })
    expect(during.headers.get('connection')).toBe('close')
    expect(await ended).toEqual([0, null])
    await serving.stop()
  })

  it('waits for the request at hand, and for no connection on which nothing happens', async () => {
    const serving = await startServing(home)
    const { clientId, tokens } = await signInAndRedeem(home)
    const holder = new pg.Client({ connectionString: home.databaseUrl })
    await holder.connect()
    const ended = once(serving.child, 'exit')
    serving.child.kill('SIGTERM')
    await expect.poll(() => serving.ready(), POLL).toBe(503)
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE refresh_tokens IN ACCESS EXCLUSIVE MODE')
    const slow = refresh(serving.server, clientId, String(tokens.body.refresh_token))
    await expect
      .poll(
        async () =>
          (await holder.query("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'refresh_tokens'::regclass"))
            .rowCount,
        POLL,
      )
      .toBeGreaterThan(0)
    await holder.query('ROLLBACK')
    await holder.end()
    expect((await slow).status).toBe(200)
    expect(await ended).toEqual([0, null])
    await serving.stop()
  })

  it('of one process after the other, behind a balancer that asks /readyz, fails no request', async () => {
    const all = [await startServing(home), await startServing(home)]
    let ready: readonly Serving[] = all
    const balancer = setInterval(async () => {
      const states = await Promise.all(all.map(async (each) => [each, await each.ready()] as const))
      ready = states.filter(([, status]) => status === 200).map(([each]) => each)
    }, 200)
    const load = await startRefreshing(home, () => ready.map((each) => each.server), 3)
    const goesOn = async () => {
      const before = load.answered()
      await expect.poll(() => load.answered(), POLL).toBeGreaterThan(before + 6)
    }
    for (let old = 0; old < 2; old += 1) {
      await goesOn()
      expect(await all[old]?.stop()).toBe(0)
      const next = await startServing(home)
      all.push(next)
      await expect.poll(() => ready.includes(next), POLL).toBe(true)
    }
    await goesOn()
    await load.stop()
    clearInterval(balancer)
    expect({ unexpected: load.unexpected, unavailable: load.unavailable() }).toEqual({ unexpected: [], unavailable: 0 })
    console.info(`rolling restart: ${load.answered()} refreshes, 0 failed`)
    await Promise.all(all.map((each) => each.stop()))
  })
})
