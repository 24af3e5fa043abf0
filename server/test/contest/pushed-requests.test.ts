import { afterAll, beforeAll, expect, it } from 'vitest'
import { send } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register } from '../setup/flow.ts'
import { push, pushedUrl } from '../setup/push.ts'
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

it(
  'one pushed request that many browsers bring to both processes at once begins one authorization (A25, I5, AS-PAR-01)',
  async () => {
    const tally = tallyContest('pushed request')
    const clientId = await register(server)
    const servers = processes.map((each) => each.server)
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { body } = await push(server, authorization(server, clientId))
      const url = new URL(pushedUrl(server, clientId, body.request_uri))
      const answers = await contend(servers, CONTENDERS, (each) => send(each, each.origin + url.pathname + url.search))
      const kinds = answers.map(({ kind, status }) => `${kind} ${status}`).sort()
      tally.add(kinds, kinds.filter((kind) => kind.startsWith('interaction')).length)
      const expected = ['interaction 303', ...Array.from({ length: CONTENDERS - 1 }, () => 'page 400')]
      expect(kinds, `round ${round}`).toEqual(expected)
      for (const answer of answers) {
        if (answer.kind === 'page') expect(answer.html, `round ${round}`).toContain('<code>invalid_request_uri</code>')
      }
    }
    const [row] = await query(server, 'SELECT count(*)::int AS used FROM pushed_requests WHERE consumed_at IS NOT NULL')
    expect(row).toEqual({ used: ROUNDS })
  },
  CONTEST_TIMEOUT_MS,
)
