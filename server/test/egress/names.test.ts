import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress, type Resolve } from '../../src/egress/index.ts'
import { resolveByDns } from '../../src/egress/resolve.ts'
import { CLOSED_TO_ALL, PUBLIC_ADDRESS } from '../setup/document-host.ts'
import { countConnects } from './connections.ts'
import { startNameServer } from './name-server.ts'

type NameServer = Awaited<ReturnType<typeof startNameServer>>

let names: NameServer
let deaf: NameServer
const connects = countConnects()
beforeAll(async () => {
  names = await startNameServer({
    'both.example': { a: [PUBLIC_ADDRESS], aaaa: ['2606:4700::1111'] },
    'six.example': { aaaa: ['2606:4700::1111'] },
    'alias.example': { cname: 'db.corp.internal' },
    'db.corp.internal': { a: ['10.0.0.5'] },
    'hidden.example': { a: [PUBLIC_ADDRESS], aaaa: ['fd00::5'] },
    'mapped.example': { aaaa: ['::ffff:127.0.0.1'] },
    'empty.example': {},
  })
  deaf = await startNameServer(null)
})
afterAll(() => {
  connects.stop()
  names.close()
  deaf.close()
})

const never = new AbortController().signal

describe('the name of a stranger', () => {
  it('is asked of the DNS, for both kinds of address', async () => {
    const found = async (name: string) =>
      (await resolveByDns(name, never, [names.address])).map(({ address }) => address)
    expect(await found('both.example')).toEqual([PUBLIC_ADDRESS, '2606:4700::1111'])
    expect(await found('six.example')).toEqual(['2606:4700::1111'])
  })

  it.each(['nobody.example', 'empty.example'])('that has no address is an error: %s', async (name) => {
    await expect(resolveByDns(name, never, [names.address])).rejects.toThrow(/ENOTFOUND|ENODATA/)
  })

  it.each(['alias.example', 'hidden.example', 'mapped.example'])(
    'is refused when the DNS leads inside, by another name or in one family alone: %s [AS-CIMD-07 A71]',
    async (name) => {
      const resolve: Resolve = (hostname, { signal }) => resolveByDns(hostname, signal, [names.address])
      const egress = createEgress({ resolve, settings: CLOSED_TO_ALL })
      const limits = { trust: 'stranger', accept: '*/*', maxBytes: 100, timeoutMs: 4_000 } as const
      expect(await egress.get(`https://${name}/a`, limits)).toMatchObject({ kind: 'refused' })
      expect(connects.targets).toEqual([])
    },
  )

  it('whose name server is silent ends with the request, and keeps no thread from other work', async () => {
    const ending = new AbortController()
    const waiting = Array.from({ length: 16 }, () => resolveByDns('slow.example', ending.signal, [deaf.address]))
    const settled = Promise.allSettled(waiting)
    // The system's resolver would hold all four threads of the pool by now, and this would wait for one.
    const started = performance.now()
    await promisify(pbkdf2)('x', 'y', 1, 32, 'sha256')
    expect(performance.now() - started).toBeLessThan(700)
    ending.abort()
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true)
    expect(deaf.queries).toContain('slow.example')
  })
})
