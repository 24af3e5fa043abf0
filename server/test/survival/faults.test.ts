import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, startChain } from '../exchange/chain.ts'
import { type DatabaseLink, openDatabaseLink } from '../setup/database-link.ts'
import { times } from '../setup/scale.ts'
import { tallyFaults } from '../setup/tally.ts'
import { endure, POLL, refusalSeen } from './fault.ts'
import { type Load, startLoad } from './load.ts'
import { keepRegistry, type Serving, startServing } from './serving.ts'

const FAMILIES = 6
/** Fewer than the requests that come at once. */
const POOL_SIZE = 2
/** A fault and its recovery; giving up a question that hangs takes eight seconds of it. */
const FAULT_TIMEOUT_MS = 60_000

let chain: Chain
let link: DatabaseLink
let servings: readonly Serving[]
let load: Load
beforeAll(async () => {
  chain = await startChain()
  await keepRegistry(chain.server)
  link = await openDatabaseLink(chain.server.databaseUrl)
  const options = { databaseUrl: link.databaseUrl, poolSize: POOL_SIZE }
  servings = await Promise.all([startServing(chain.server, options), startServing(chain.server, options)])
  load = await startLoad(chain, () => servings.map((each) => each.server), { families: FAMILIES })
})
afterEach(() => link.restore())
afterAll(async () => {
  await load.stop()
  await Promise.all(servings.map((each) => each.stop()))
  await link.close()
  await chain.server.close()
})

const all = (ask: (serving: Serving) => Promise<number>) => Promise.all(servings.map(ask))

/** Both processes say that they are not ready, and live. */
async function seenByBalancers(): Promise<void> {
  await Promise.all(servings.map((each) => expect.poll(() => each.ready(), POLL).toBe(503)))
  expect(await all((each) => each.live())).toEqual([200, 200])
}

async function goOn(): Promise<void> {
  await expect.poll(() => all((each) => each.ready()), POLL).toEqual([200, 200])
  expect(servings.map(({ child }) => child.exitCode)).toEqual([null, null])
}

/** Takes what every token request needs, as a forgotten transaction would. */
async function takeGrants(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: chain.server.databaseUrl })
  await client.connect()
  await client.query('BEGIN')
  await client.query('LOCK TABLE grants IN ACCESS EXCLUSIVE MODE')
  return async () => {
    await client.query('ROLLBACK')
    await client.end()
  }
}

const FAULTS = [
  { kind: 'connections cut', faults: times(3, 40), harm: () => link.cut() },
  { kind: 'connections stalled', faults: times(2, 15), harm: async () => link.stall() },
]

describe('under load from two processes', () => {
  it.each(FAULTS)(
    '$kind: said by /readyz and 503, outlived, nothing lost, doubled or half-issued (I1, I2, I8, I9, I10)',
    async ({ kind, faults, harm }) => {
      const tally = tallyFaults(kind)
      for (let fault = 1; fault <= faults; fault += 1) {
        const lasting = async () => {
          await harm()
          // The first is waited out; the others end while requests are still on their way.
          if (fault > 1) return sleep(randomInt(1_000))
          await refusalSeen(load)
          await seenByBalancers()
        }
        await endure(chain.server, load, { harm: lasting, mend: () => link.restore() }, tally)
      }
      await goOn()
    },
    FAULT_TIMEOUT_MS * times(2, 10),
  )

  it(
    'connections closed by the other side: new ones are opened, nothing lost, doubled or half-issued (I1, I2, I8, I9)',
    async () => {
      const tally = tallyFaults('connections closed by the database')
      for (let fault = 1; fault <= times(3, 40); fault += 1) {
        await endure(chain.server, load, { harm: async () => link.halfClose() }, tally)
      }
      await goOn()
    },
    FAULT_TIMEOUT_MS * times(1, 5),
  )

  it(
    'every connection of the pools taken: 503 in time, red for balancers, recovered by themselves (I1, I2, I8, I9)',
    async () => {
      const tally = tallyFaults('pool exhausted')
      for (let fault = 1; fault <= times(1, 15); fault += 1) {
        let release = async (): Promise<void> => undefined
        const harm = async () => {
          release = await takeGrants()
          await refusalSeen(load)
          if (fault === 1) await seenByBalancers()
        }
        await endure(chain.server, load, { harm, mend: () => release() }, tally)
      }
      await goOn()
    },
    FAULT_TIMEOUT_MS * times(1, 8),
  )
})
