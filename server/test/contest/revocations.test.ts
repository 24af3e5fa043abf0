import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/store/password.ts'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

let server: TestServer
let processes: ServerProcess[]
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
  processes = await Promise.all([startServerProcess(server), startServerProcess(server)])
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await server.close()
})

type Tokens = Awaited<ReturnType<typeof signInAndRedeem>>['tokens']['body']

/** At the process that is not asked first. */
async function giveBack(clientId: string, token: string): Promise<boolean> {
  const other = processes[1]?.server ?? server
  return (await postForm(other, '/revoke', { client_id: clientId, token })).status === 200
}

const REVOCATIONS = [
  {
    what: 'disabling the account',
    revoke: () => server.store.accounts.disable('alice'),
    undo: () => query(server, 'UPDATE accounts SET disabled_at = NULL'),
  },
  {
    what: 'changing the password',
    revoke: async (_clientId: string, hash: string) => server.store.accounts.setPasswordHash('alice', hash),
    undo: async () => [],
  },
  {
    what: 'giving back the access token (AS-REV-01, AS-REV-02)',
    revoke: (clientId: string, _hash: string, { access_token: token }: Tokens) => giveBack(clientId, String(token)),
    undo: async () => [],
  },
  {
    what: 'giving back the refresh token (AS-REV-01)',
    revoke: (clientId: string, _hash: string, { refresh_token: token }: Tokens) => giveBack(clientId, String(token)),
    undo: async () => [],
  },
  {
    what: 'withdrawing the consent (AS-RT-07)',
    revoke: async (clientId: string) => (await server.store.consentList.withdraw({ clientId })).grants === 1,
    undo: async () => [],
  },
  {
    what: 'removing the client',
    revoke: (clientId: string) => server.store.clients.remove(clientId),
    undo: async () => [],
  },
]

describe('nothing succeeds after a revocation was acknowledged (I3, A36)', () => {
  it.each(REVOCATIONS)(
    '$what while both processes refresh',
    async ({ what, revoke, undo }) => {
      const tally = tallyContest(`refresh against ${what}`)
      const hash = await hashPassword(PASSWORD)
      for (let round = 1; round <= Math.ceil(ROUNDS / REVOCATIONS.length); round += 1) {
        const { clientId, tokens } = await signInAndRedeem(server)
        const { gid } = decodeJwt(String(tokens.body.access_token))
        let acknowledgedAt = Number.POSITIVE_INFINITY
        const revocation = pause(round % 10).then(async () => {
          expect([true, 'removed']).toContain(await revoke(clientId, hash, tokens.body))
          acknowledgedAt = performance.now()
        })
        const answers = await contend(
          processes.map((each) => each.server),
          CONTENDERS,
          async (each, index) => {
            await pause(index)
            const sentAt = performance.now()
            const { status } = await refresh(each, clientId, String(tokens.body.refresh_token))
            return { sentAt, status }
          },
        )
        await revocation
        tally.add(answers.map(({ status }) => String(status)))
        const late = answers.filter(({ sentAt, status }) => sentAt > acknowledgedAt && status === 200)
        expect(late, `round ${round}`).toEqual([])
        expect(answers.map(({ status }) => status).filter((status) => ![200, 400, 401].includes(status))).toEqual([])
        const [leaf] = await query(
          server,
          'SELECT count(*)::int AS live FROM grants WHERE id = $1 AND revoked_at IS NULL',
          [gid],
        )
        expect(leaf, `round ${round}`).toEqual({ live: 0 })
        await undo()
      }
    },
    CONTEST_TIMEOUT_MS,
  )
})

describe('a grant that was given back at one process', () => {
  it('is refused by the other at once: refresh and introspection (I3, AS-REV-01, AS-INT-01)', async () => {
    const [one, other] = processes.map((each) => each.server)
    if (one === undefined || other === undefined) throw new Error('there are two processes')
    for (const kind of ['access_token', 'refresh_token'] as const) {
      const { clientId, tokens } = await signInAndRedeem(server)
      const token = String(tokens.body.access_token)
      const isActive = async (each: TestServer): Promise<boolean> =>
        JSON.parse((await postForm(each, '/introspect', { token }, basic(CONFIDENTIAL.owner))).text).active
      for (const each of [one, other]) expect(await isActive(each)).toBe(true)
      const form = { client_id: clientId, token: String(tokens.body[kind]) }
      expect((await postForm(one, '/revoke', form)).status).toBe(200)
      for (const each of [other, one]) {
        expect(await isActive(each)).toBe(false)
        expect((await refresh(each, clientId, String(tokens.body.refresh_token))).status).toBe(400)
      }
    }
  })
})

describe('a client that was removed', () => {
  it('is not served by a process that still remembers it, not even for a grant the removal did not see (I3)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const ask = (each: TestServer) => refresh(each, clientId, token)
    for (const { server: each } of processes) expect((await ask(each)).status).toBe(200)
    // The grant was being written when the removal looked for grants to end.
    await query(server, 'DELETE FROM clients WHERE id = $1', [clientId])
    for (const { server: each } of processes) expect([400, 401]).toContain((await ask(each)).status)
  })
})

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
