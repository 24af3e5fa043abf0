import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENDPOINT_NAMES } from '../../src/http/endpoint-name.ts'
import type { InteractionDeps } from '../../src/http/interaction/ports.ts'
import { pageRoutes } from '../../src/http/page-routes.ts'
import { BALANCED, balanceBooks } from '../setup/books.ts'
import { signInAndRedeem } from '../setup/flow.ts'
import { times } from '../setup/scale.ts'
import { ENDPOINTS, type Endpoint, MANAGEMENT } from './endpoints.ts'
import { type Ground, openGround } from './ground.ts'
import { createLive, type Live } from './live.ts'
import { mutate, mutation } from './mutation.ts'
import { sendAsk } from './send.ts'

/** Requests of the whole run, over all endpoints by their shares. */
const REQUESTS = times(1_500, 105_000)
const MUTATIONS_MAX = 3
// While one waits for the database, another is generated.
const LANES = 4
const TIMEOUT_MS = times(600_000, 7_200_000)

/** What a failure prints, to run it again: `SALLYPORT_FUZZ_SEED=<seed>` and, for the one request, `SALLYPORT_FUZZ_PATH=<path>`. */
const { SALLYPORT_FUZZ_SEED: SEED, SALLYPORT_FUZZ_PATH: PATH } = process.env

const SHARES = Object.values(ENDPOINTS).reduce((sum, { share }) => sum + share, 0) + 1
const countOf = (share: number): number => Math.ceil((REQUESTS * share) / SHARES)
const sent: Record<string, number> = {}
const statuses = new Map<string, number>()

let ground: Ground
let lanes: readonly Live[]
beforeAll(async () => {
  ground = await openGround(LANES)
  lanes = ground.logins.map((login) => createLive(ground, login))
})
afterAll(() => ground.close())

const variations = fc.array(mutation, { maxLength: MUTATIONS_MAX, size: 'max' })
const source = fc.ipV4()

async function attack(name: string, { asks, share }: Endpoint, origin?: string): Promise<void> {
  const begun = Number(SEED ?? Date.now())
  const runs = PATH === undefined ? lanes : lanes.slice(0, 1)
  await Promise.all(
    runs.map((live, lane) => {
      const property = fc.asyncProperty(fc.constantFrom(...asks), variations, source, async (ask, changes, address) => {
        const changed = changes.reduce(mutate, ask)
        const { answer, wrong } = await sendAsk(changed, {
          ...{ ground, live, source: address },
          ...(origin === undefined ? {} : { origin }),
        })
        sent[name] = (sent[name] ?? 0) + 1
        statuses.set(`${name} ${answer.status}`, (statuses.get(`${name} ${answer.status}`) ?? 0) + 1)
        if (wrong !== undefined) throw new Error(wrong)
      })
      return fc.assert(property, {
        numRuns: Math.ceil(countOf(share) / LANES),
        seed: begun + (PATH === undefined ? lane : 0),
        ...(PATH === undefined ? {} : { path: PATH }),
      })
    }),
  )
}

/** Failures that were answered as something else, or to nobody. */
function failuresLogged(): readonly unknown[] {
  return [ground.open, ground.closed].flatMap(({ logged }) => logged.filter(({ level }) => level === 'error'))
}

describe('any request, in whatever it is wrong, is answered and gives nothing away (I8, AS-OPS-03)', () => {
  it.each(Object.entries(ENDPOINTS))(
    'at %s',
    async (name, endpoint) => {
      await attack(name, endpoint)
      expect(failuresLogged()).toEqual([])
    },
    TIMEOUT_MS,
  )

  it(
    'at the management port',
    () => attack('management', { asks: MANAGEMENT, share: 1 }, ground.management.origin),
    TIMEOUT_MS,
  )

  it('so many times, and after all of them people sign in and every code and token has one owner', async () => {
    const total = Object.values(sent).reduce((sum, count) => sum + count, 0)
    console.info(`fuzz: ${total} requests`, Object.fromEntries([...statuses].sort()))
    if (PATH === undefined) expect(total).toBeGreaterThanOrEqual(REQUESTS)
    expect((await signInAndRedeem(ground.open)).tokens.status).toBe(200)
    expect(await balanceBooks(ground.open)).toEqual(BALANCED)
    expect(failuresLogged()).toEqual([])
  })
})

describe('every endpoint is attacked', () => {
  it('that requests are counted by', () => {
    expect(Object.keys(ENDPOINTS).toSorted()).toEqual([...ENDPOINT_NAMES, 'other'].toSorted())
  })

  it('that has a page', () => {
    // Nothing of it is called: it is asked for its addresses alone.
    const pages = { stylesheet: { path: '/style.css' }, script: { path: '/script.js' } }
    const deps = { pages, basePath: '' } as InteractionDeps
    const { stack } = Reflect.get(pageRoutes(deps), 'router') as { stack: readonly { path: string }[] }
    const named = stack.map(({ path }) => path.replace(/:(\w+)/g, '{$1}')).filter((path) => !/\.(?:css|js)$/.test(path))
    expect(named.length).toBeGreaterThan(0)
    for (const name of named) expect(Object.keys(ENDPOINTS)).toContain(name)
  })
})
