import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFetchLimits, type FetchLimits } from '../../src/provider/client-documents/fetch-limits.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fillUp, forgetLimits, limitKeyOf } from '../setup/limits.ts'
import { query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
beforeEach(() => forgetLimits(server))

const createLooks = (): FetchLimits =>
  createFetchLimits({ limits: server.store.limits, limitKey: (...words) => limitKeyOf(server, words) })
const ME = '203.0.113.7'

/** Takes one look that ends at once. */
async function mayLook(limits: FetchLimits, source: string, host: string): Promise<boolean> {
  const release = await limits.take(source, host)
  release?.()
  return release !== undefined
}

describe('looks at documents that one source causes', () => {
  it('are so many at one host and so many at all, in whichever process (AS-OPS-03)', async () => {
    const [here, there] = [createLooks(), createLooks()]
    await fillUp(server, ['look source and host', ME, 'a.example'], 60)
    expect(await mayLook(here, ME, 'a.example')).toBe(false)
    expect(await mayLook(there, ME, 'a.example')).toBe(false)
    expect(await mayLook(here, ME, 'b.example')).toBe(true)
    expect(await mayLook(here, '203.0.113.8', 'a.example')).toBe(true)
    await fillUp(server, ['look source', ME], 60)
    expect(await mayLook(there, ME, 'b.example')).toBe(false)
    expect(await mayLook(there, '203.0.113.8', 'b.example')).toBe(true)
  })

  it('take nothing of what is left for other hosts when one host has no room', async () => {
    await fillUp(server, ['look source and host', ME, 'a.example'], 60)
    await mayLook(createLooks(), ME, 'a.example')
    const keys = await query(server, 'SELECT key_hash FROM limits')
    expect(keys).toEqual([{ key_hash: limitKeyOf(server, ['look source and host', ME, 'a.example']) }])
  })

  it('are a limited number at a time, which a host that never answers cannot keep from others', async () => {
    const mine = createLooks()
    const taken = await Promise.all(Array.from({ length: 100 }, () => mine.take(ME, 'slow.example')))
    const held = taken.filter((each) => each !== undefined)
    expect(held).toHaveLength(64)
    expect(await mine.take(ME, 'slow.example')).toBeUndefined()
    expect(await mine.take('203.0.113.8', 'slow.example')).toBeDefined()
    held[0]?.()
    held[0]?.()
    expect(await mine.take(ME, 'other.example')).toBeDefined()
    expect(await mine.take(ME, 'other.example')).toBeUndefined()
  })
})
