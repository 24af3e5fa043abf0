import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, type Chain, claimsOf, exchange, signIn, startChain } from '../exchange/chain.ts'
import { proofOf } from '../setup/key-client.ts'
import { query } from '../setup/state.ts'
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

const servers = () => processes.map((each) => each.server)

async function countEvents(type: string, after: unknown): Promise<number> {
  const [row] = await query(
    chain.server,
    'SELECT count(*)::int AS number FROM audit_events WHERE type = $1 AND at > $2::timestamptz',
    [type, after],
  )
  return Number(row?.number)
}

describe('one client assertion that both processes are shown at once', () => {
  it(
    'proves the client to one request; the others are told that it is not proven, and nothing of them happens (A97, I5, AS-TK-07)',
    async () => {
      const tally = tallyContest('client assertion')
      const { token } = await signIn(chain)
      for (let round = 1; round <= ROUNDS; round += 1) {
        const [moment] = await query(chain.server, 'SELECT now()::text AS at')
        const proof = await proofOf(chain.server, chain.front)
        const answers = await contend(servers(), CONTENDERS, (each) => exchange(each, chain.front, token, proof))
        const winners = answers.filter(({ status }) => status === 200)
        tally.add(answers, winners.length)
        expect(winners, `round ${round}`).toHaveLength(1)
        for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
          expect({ status, error: body.error }, `round ${round}`).toEqual({ status: 401, error: 'invalid_client' })
          expect(body, `round ${round}`).not.toHaveProperty('access_token')
        }
        expect(await countEvents('token.exchanged', moment?.at), `round ${round}`).toBe(1)
        expect(await countEvents('client.refused', moment?.at), `round ${round}`).toBe(CONTENDERS - 1)
      }
    },
    CONTEST_TIMEOUT_MS,
  )
})

const REVOCATIONS = [
  {
    what: 'revoking the person’s token',
    revoke: async ({ token, clientId }: Signed) => {
      const form = new URLSearchParams({ token, client_id: clientId })
      return (await fetch(`${chain.server.origin}/revoke`, { method: 'POST', body: form })).status === 200
    },
    undo: async (): Promise<unknown> => [],
  },
  {
    what: 'disabling the account',
    revoke: async () => chain.server.store.accounts.disable('alice'),
    undo: async (): Promise<unknown> => query(chain.server, 'UPDATE accounts SET disabled_at = NULL'),
  },
  {
    what: 'closing the target',
    revoke: async () => {
      const closed = await query(
        chain.server,
        `UPDATE resources SET exchange_from = '[]' WHERE id = 'api' RETURNING id`,
      )
      return closed.length === 1
    },
    undo: async (): Promise<unknown> => {
      await query(chain.server, `UPDATE resources SET exchange_from = '["front"]' WHERE id = 'api'`)
      // Both processes remember the registry for two seconds.
      return pause(2_100)
    },
  },
]

type Signed = Awaited<ReturnType<typeof signIn>>

describe('no exchange succeeds after a revocation was acknowledged (I3, AS-TX-08, A137)', () => {
  it.each(REVOCATIONS)(
    '$what while both processes exchange',
    async ({ what, revoke, undo }) => {
      const tally = tallyContest(`exchange against ${what}`)
      for (let round = 1; round <= Math.ceil(ROUNDS / (2 * REVOCATIONS.length)); round += 1) {
        const signed = await signIn(chain)
        // From here on both remember the registry and the client: only the database can know better.
        for (const each of servers()) {
          expect((await exchange(each, chain.front, signed.token)).status, `round ${round}`).toBe(200)
        }
        let acknowledgedAt = Number.POSITIVE_INFINITY
        const revocation = pause(5 * (round % 10)).then(async () => {
          expect(await revoke(signed)).toBe(true)
          acknowledgedAt = performance.now()
        })
        const answers = await contend(servers(), CONTENDERS, async (each, index) => {
          await pause(5 * index)
          const proof = await proofOf(chain.server, chain.front)
          const sentAt = performance.now()
          const answer = await exchange(each, chain.front, signed.token, proof)
          if (answer.status === 200) expect(claimsOf(answer).aud).toBe(API)
          return { sentAt, status: answer.status }
        })
        await revocation
        tally.add(answers.map(({ status }) => String(status)))
        const late = answers.filter(({ sentAt, status }) => sentAt > acknowledgedAt && status === 200)
        expect(late, `round ${round}`).toEqual([])
        expect(answers.map(({ status }) => status).filter((status) => ![200, 400].includes(status))).toEqual([])
        expect((await exchange(chain.server, chain.front, signed.token)).status, `round ${round}`).toBe(400)
        await undo()
      }
    },
    CONTEST_TIMEOUT_MS,
  )
})

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
