import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

let server: TestServer
let processes: ServerProcess[]
beforeAll(async () => {
  server = await startTestServer()
  processes = await Promise.all([startServerProcess(server), startServerProcess(server)])
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await server.close()
})

const BOTH = ['mcp:issue:read', 'mcp:issue:create']

it(
  'a permission that was taken back is in no token that was asked for afterwards, at either process (I3, I6)',
  async () => {
    const tally = tallyContest('refresh against taking a permission back')
    for (let round = 1; round <= Math.ceil(ROUNDS / 5); round += 1) {
      const { clientId, tokens } = await signInAndRedeem(server, { scope: BOTH.join(' ') }, { scopes: BOTH })
      const [row] = await query(server, 'SELECT id, account_id FROM consents WHERE client_id = $1', [clientId])
      const key = { consentId: String(row?.id), accountId: String(row?.account_id), scope: 'mcp:issue:create' }
      let acknowledgedAt = Number.POSITIVE_INFINITY
      const taken = pause(round % 10).then(async () => {
        expect(await server.store.consentList.takeBack(key)).toBe(true)
        acknowledgedAt = performance.now()
      })
      const servers = processes.map((each) => each.server)
      const answers = await contend(servers, CONTENDERS, async (each, index) => {
        await pause(index)
        const sentAt = performance.now()
        const { status, body } = await refresh(each, clientId, String(tokens.body.refresh_token))
        return { sentAt, status, scope: String(body.scope ?? '') }
      })
      await taken
      tally.add(answers.map(({ status }) => String(status)))
      // Repetitions in the window, and 503 for those whose grant changed under them: nothing else.
      expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([])
      const late = answers.filter(({ sentAt, scope }) => sentAt > acknowledgedAt && scope.includes('create'))
      expect(late, `round ${round}`).toEqual([])
      const after = await refresh(server, clientId, String(tokens.body.refresh_token))
      expect(after, `round ${round}`).toMatchObject({ status: 200, body: { scope: 'mcp:issue:read' } })
    }
  },
  CONTEST_TIMEOUT_MS,
)

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
