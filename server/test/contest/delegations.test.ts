import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chain, exchange, signIn, startChain } from '../exchange/chain.ts'
import { postForm } from '../setup/access-tokens.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

let chain: Chain
let processes: ServerProcess[]
beforeAll(async () => {
  chain = await startChain()
  processes = await Promise.all([startServerProcess(chain.server), startServerProcess(chain.server)])
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await chain.server.close()
})

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('nothing is exchanged after a revocation was acknowledged (I3, AS-REV-02)', () => {
  it.each(['access token', 'refresh token'])(
    'the person gives back the %s at one process while the server exchanges at both',
    async (what) => {
      const tally = tallyContest(`exchange against giving back the ${what}`)
      for (let round = 1; round <= Math.ceil(ROUNDS / 4); round += 1) {
        const { token, refreshToken, clientId } = await signIn(chain)
        const given = what === 'access token' ? token : refreshToken
        let acknowledgedAt = Number.POSITIVE_INFINITY
        const revocation = pause(round % 10).then(async () => {
          const { server = chain.server } = processes[round % 2] ?? {}
          expect((await postForm(server, '/revoke', { client_id: clientId, token: given })).status).toBe(200)
          acknowledgedAt = performance.now()
        })
        const answers = await contend(
          processes.map((each) => each.server),
          CONTENDERS,
          async (each, index) => {
            await pause(index * 2)
            const sentAt = performance.now()
            const { status } = await exchange(each, chain.front, token)
            return { sentAt, status }
          },
        )
        await revocation
        tally.add(answers.map(({ status }) => String(status)))
        expect(
          answers.filter(({ sentAt, status }) => sentAt > acknowledgedAt && status === 200),
          `round ${round}`,
        ).toEqual([])
        expect(answers.map(({ status }) => status).filter((status) => ![200, 400].includes(status))).toEqual([])
        for (const { server } of processes) expect((await exchange(server, chain.front, token)).status).toBe(400)
      }
    },
    CONTEST_TIMEOUT_MS,
  )
})
