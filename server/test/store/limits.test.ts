import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashId } from '../../src/store/id-hash.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import type { Bucket, Taking } from '../../src/store/limits.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { forgetLimits, passLimits } from '../setup/limits.ts'
import { query } from '../setup/state.ts'

let server: TestServer
let stores: readonly Store[]
beforeAll(async () => {
  server = await startTestServer()
  // As two processes have it: nothing but the database in common.
  stores = [server.store, openStore({ databaseUrl: server.databaseUrl, poolSize: 10 })]
})
afterAll(async () => {
  await stores[1]?.close()
  await server.close()
})
beforeEach(() => forgetLimits(server))

/** Slow enough that nothing comes back while a test runs. */
const HOUR = 3_600
const bucket = (name: string, burst: number, more: Partial<Bucket> = {}): Bucket => ({
  key: hashId(name),
  allows: { burst, secondsEach: HOUR },
  ...more,
})

/** So many at once, by turns in one process and the other. @returns how many were let through */
async function rush(count: number, taking: Taking): Promise<number> {
  const taken = await Promise.all(
    Array.from({ length: count }, (_, at) => (stores[at % 2] ?? server.store).limits.take(taking)),
  )
  return taken.filter(({ ok }) => ok).length
}

const take = (taking: Taking) => server.store.limits.take(taking)

/** So many, one after the other: at once, whoever began earlier and came later finds a last place taken, by microseconds. */
async function fill(count: number, taking: Taking): Promise<void> {
  for (let taken = 0; taken < count; taken += 1) expect(await take(taking)).toEqual({ ok: true })
}

describe('a counter of the database', () => {
  it('lets through exactly as many as there is room for, whoever asks at once (AS-OPS-03)', async () => {
    for (const burst of [1, 7, 40]) {
      const taking = { buckets: [bucket(`of ${burst}`, burst)] }
      expect(await rush(60, taking)).toBe(burst)
      expect(await rush(10, taking)).toBe(0)
    }
  })

  it('lets through what the smaller one has room for where two are taken together', async () => {
    const taking = { buckets: [bucket('large', 30), bucket('small', 5)] }
    expect(await rush(40, taking)).toBe(5)
    // Of the larger one, no more was taken than was let through, or by who lost at the very last moment.
    expect(await take({ buckets: [bucket('large', 30)] })).toEqual({ ok: true })
  })

  it('takes nothing out of the others when one has no room', async () => {
    await take({ buckets: [bucket('empty', 1)] })
    expect(await take({ buckets: [bucket('empty', 1), bucket('other', 5)] })).toMatchObject({ ok: false })
    expect(await query(server, 'SELECT key_hash FROM limits')).toEqual([{ key_hash: hashId('empty') }])
  })

  it('says how long there is no room, and gives one back when that has passed', async () => {
    const taking = { buckets: [bucket('two', 2)] }
    await fill(2, taking)
    const refused = await take(taking)
    expect(refused).toEqual({ ok: false, retryAfterSeconds: HOUR })
    await passLimits(server, HOUR)
    expect(await rush(4, taking)).toBe(1)
    await passLimits(server, 100 * HOUR)
    expect(await rush(4, taking)).toBe(2)
  })

  it('gets back one that did not count, or all', async () => {
    const [one, other] = [bucket('one', 3), bucket('other', 3)]
    const taking = { buckets: [one, other] }
    await fill(3, taking)
    await server.store.limits.giveBack(taking, [])
    expect(await rush(5, taking)).toBe(1)
    await server.store.limits.giveBack(taking, [one])
    expect(await rush(5, { buckets: [one] })).toBe(3)
    expect(await rush(5, { buckets: [other] })).toBe(1)
  })

  it('is watched: full, it refuses nobody and leaves one where others would leave several', async () => {
    const watched = bucket('watched', 4)
    const from = (name: string): Taking => ({ buckets: [bucket(name, 3, { tight: true })], watched })
    expect(await rush(20, from('first'))).toBe(3)
    expect(await rush(20, from('second'))).toBeLessThanOrEqual(3)
    expect(await rush(20, from('third'))).toBe(1)
    expect(await rush(20, from('third'))).toBe(0)
    await server.store.limits.giveBack(from('first'), [])
    await server.store.limits.giveBack(from('second'), [])
    // There is room again: what is left to the third is the rest of its own.
    expect(await rush(20, from('third'))).toBe(2)
  })

  it('waits for nobody when tries and what is given back meet in every order', async () => {
    const watched = bucket('login', 50)
    const from = (at: number): Taking => ({ buckets: [bucket(`pair ${at % 3}`, 50), bucket('source', 90)], watched })
    const before = await deadlocks()
    await Promise.all(
      Array.from({ length: 80 }, async (_, at) => {
        const { limits } = stores[at % 2] ?? server.store
        if ((await limits.take(from(at))).ok) await limits.giveBack(from(at), from(at).buckets.slice(0, 1))
      }),
    )
    expect(await deadlocks()).toEqual(before)
  })

  it('is not changed by a client that could not be added', async () => {
    const taking = { buckets: [bucket('registration', 3)] }
    const event = { type: 'client.registered', outcome: 'allowed' } as const
    const add = (id: string, at: number) =>
      (stores[at % 2] ?? server.store).clients.add(
        { id, source: 'dynamic', metadata: {} },
        { event: { ...event, clientId: id }, correlationId: 'req_test', taking },
      )
    expect(await add('taken', 0)).toMatchObject({ ok: true, client: { id: 'taken' } })
    expect(await add('taken', 1)).toEqual({ ok: false, reason: 'id-taken' })
    const added = await Promise.all(Array.from({ length: 20 }, (_, at) => add(`client ${at}`, at)))
    expect(added.filter(({ ok }) => ok)).toHaveLength(2)
    expect(added).toContainEqual({ ok: false, reason: 'too-many', retryAfterSeconds: expect.any(Number) })
    expect(await query(server, "SELECT count(*)::int AS rows FROM clients WHERE source = 'dynamic'")).toEqual([
      { rows: 3 },
    ])
    expect(
      await query(server, "SELECT count(*)::int AS rows FROM audit_events WHERE type = 'client.registered'"),
    ).toEqual([{ rows: 3 }])
  })

  it('is not changed by a client that is there already under another id (AS-DCR-06)', async () => {
    const taking = { buckets: [bucket('registration of the same', 1)] }
    const contentHash = Buffer.alloc(32, 7)
    const add = (id: string) => {
      const event = { type: 'client.registered', outcome: 'allowed', clientId: id } as const
      const client = { id, source: 'dynamic', metadata: {}, contentHash } as const
      return server.store.clients.add(client, { event, correlationId: 'req_test', taking })
    }
    for (const id of ['first', 'second', 'third']) {
      expect(await add(id)).toMatchObject({ ok: true, client: { id: 'first' } })
    }
    await server.store.clients.remove('first')
    expect(await add('fourth')).toMatchObject({ ok: false, reason: 'too-many' })
  })
})

async function deadlocks() {
  await query(server, 'SELECT pg_stat_force_next_flush()')
  return query(server, 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()')
}
