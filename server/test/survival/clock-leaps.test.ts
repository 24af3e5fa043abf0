import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keysCommand } from '../contest/keys-command.ts'
import { type ServerProcess, startServerProcess } from '../contest/server-processes.ts'
import { type Chain, signIn, startChain } from '../exchange/chain.ts'
import { postForm } from '../setup/access-tokens.ts'
import { times } from '../setup/scale.ts'
import { tallyFaults } from '../setup/tally.ts'
import { endure, POLL } from './fault.ts'
import { type Load, startLoad } from './load.ts'

const FAMILIES = 4
/** Where the clock of a process goes, one after the other: ahead and back, behind and back, and from one end to the other. */
const LEAPS = [120, 0, -120, 0, 120, -120]

let chain: Chain
let processes: readonly ServerProcess[]
let load: Load
beforeAll(async () => {
  chain = await startChain()
  processes = await Promise.all([startServerProcess(chain.server), startServerProcess(chain.server)])
  load = await startLoad(chain, () => processes.map((each) => each.server), { families: FAMILIES })
})
afterAll(async () => {
  await load.stop()
  await Promise.all(processes.map((each) => each.stop()))
  await chain.server.close()
})

it(
  'a clock that leaps two minutes ahead or back in the middle of the load ends no login, no window and no wait (I1, I2, I8, I9)',
  async () => {
    const tally = tallyFaults('clock leaps')
    for (let leap = 0; leap < times(8, 60); leap += 1) {
      const seconds = LEAPS[leap % LEAPS.length] ?? 0
      const leaping = processes[Math.floor(leap / LEAPS.length) % 2]
      await endure(chain.server, load, { harm: async () => leaping?.moveClock(seconds) }, tally)
    }
    expect(load.ledger.refused()).toBe(0)
  },
  60_000 + times(8, 60) * 10_000,
)

it('afterwards keys and revocations are read again as soon as ever, at whatever time a process thinks it is', async () => {
  for (const [index, each] of processes.entries()) await each.moveClock(index === 0 ? 120 : -120)
  const { kid } = JSON.parse((await keysCommand(chain.server, ['rotate', '--sign-after', '0', '--json'])).stdout)
  const { clientId, token, claims } = await signIn(chain)
  const seen = async (path: string) =>
    Promise.all(processes.map(async ({ server }) => (await fetch(server.origin + path)).text()))
  const revocations = async () => {
    const statements = await seen('/resources/front/revocations')
    return statements.map((statement) =>
      decodeJwt<{ revoked: string[] }>(statement).revoked.includes(String(claims.gid)),
    )
  }
  expect(await revocations()).toEqual([false, false])
  expect((await postForm(chain.server, '/revoke', { client_id: clientId, token })).status).toBe(200)
  await sleep(300)
  expect(await revocations()).toEqual([true, true])
  const publish = async () => (await seen('/.well-known/jwks.json')).map((set) => JSON.parse(set).keys[0].kid)
  await expect.poll(publish, POLL).toEqual([kid, kid])
})
