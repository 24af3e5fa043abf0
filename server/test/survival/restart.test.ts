import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts'
import { openPostgresFolder, readPostmaster } from '../../src/dev/postgres-folder.ts'
import { migrateDatabase } from '../../src/store/index.ts'
import { type Chain, startChain } from '../exchange/chain.ts'
import { times } from '../setup/scale.ts'
import { tallyFaults } from '../setup/tally.ts'
import { makeTestFolder } from '../setup/test-folder.ts'
import { endure, refusalSeen } from './fault.ts'
import { type Load, startLoad } from './load.ts'
import { keepRegistry, type Serving, startServing } from './serving.ts'

const RESTARTS = times(5, 40)
/** A restart under load is some seconds; a busy machine of two cores takes five times that. */
const RESTARTS_TIMEOUT_MS = 60_000 + RESTARTS * 30_000
const FAMILIES = 4
const POLL = { timeout: 60_000, interval: 50 }

let folder: string
let dataDir: string
let postgres: EmbeddedPostgres
let chain: Chain
let servings: readonly Serving[]
let load: Load
beforeAll(async () => {
  folder = await makeTestFolder()
  dataDir = join(folder, 'postgres')
  // Durable, as in production: what was committed has to be there after the crash.
  postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined })
  await migrateDatabase(postgres.url)
  chain = await startChain({ databaseUrl: postgres.url })
  await keepRegistry(chain.server)
  servings = await Promise.all([startServing(chain.server), startServing(chain.server)])
  load = await startLoad(chain, () => servings.map((each) => each.server), { families: FAMILIES })
})
afterAll(async () => {
  await load.stop()
  await Promise.all(servings.map((each) => each.stop()))
  await chain.server.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

/** What `pg_ctl stop -m immediate` does: no checkpoint, no goodbye, recovery at the next start. */
async function crash(): Promise<void> {
  const postmaster = await readPostmaster(await openPostgresFolder(dataDir))
  if (postmaster === undefined) throw new Error('PostgreSQL does not run')
  process.kill(postmaster.process.pid, 'SIGQUIT')
  await expect.poll(async () => readPostmaster(await openPostgresFolder(dataDir)), POLL).toBeUndefined()
  // Gives the folder back; the process is gone already.
  await postgres.stop()
}

const all = (ask: (serving: Serving) => Promise<number>) => Promise.all(servings.map(ask))

describe('when PostgreSQL crashes under load', () => {
  it(
    `two processes say so, answer 503, and go on by themselves, ${RESTARTS} times; nothing lost, doubled or half-issued (I1, I2, I8, I9, I10)`,
    async () => {
      const tally = tallyFaults('PostgreSQL stopped at once and started again')
      const harm = async () => {
        await crash()
        await expect.poll(() => all((each) => each.ready()), POLL).toEqual([503, 503])
        expect(await all((each) => each.live())).toEqual([200, 200])
        await refusalSeen(load)
      }
      const mend = async () => {
        postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined })
      }
      for (let restart = 1; restart <= RESTARTS; restart += 1) {
        await endure(chain.server, load, { harm, mend }, tally)
        await expect.poll(() => all((each) => each.ready()), POLL).toEqual([200, 200])
      }
      expect(servings.map(({ child }) => child.exitCode)).toEqual([null, null])
    },
    RESTARTS_TIMEOUT_MS,
  )
})
