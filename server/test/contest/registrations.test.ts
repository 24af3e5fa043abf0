import { afterAll, beforeAll, expect, it } from 'vitest'
import { postRegistration } from '../registration/post-registration.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { forgetLimits } from '../setup/limits.ts'
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
  'one public client that registers at both processes at once is one row, one id and one event (AS-DCR-06, T-26)',
  async () => {
    const tally = tallyContest('registration of one public client')
    const servers = processes.map((each) => ({ ...each.server, issuer: each.server.origin }))
    for (let round = 1; round <= ROUNDS; round += 1) {
      const name = `Round ${round}`
      await forgetLimits(server)
      const answers = await contend(servers, CONTENDERS, (each, index) =>
        postRegistration(each, {
          client_name: name,
          redirect_uris: [`http://127.0.0.1:${40_000 + index}/callback`],
          token_endpoint_auth_method: 'none',
        }),
      )
      tally.add(answers, new Set(answers.map(({ body }) => body.client_id)).size)
      expect(
        answers.map(({ status }) => status),
        name,
      ).toEqual(answers.map(() => 201))
      const rows = await query(
        server,
        `SELECT id, (SELECT count(*)::int FROM audit_events e WHERE e.client_id = c.id) AS events
           FROM clients c WHERE metadata->>'client_name' = $1`,
        [name],
      )
      expect(rows, name).toEqual([{ id: answers[0]?.body.client_id, events: 1 }])
      expect(new Set(answers.map(({ body }) => body.client_id)).size, name).toBe(1)
      expect(new Set(answers.map(({ body }) => String(body.redirect_uris))).size, name).toBe(CONTENDERS)
    }
  },
  CONTEST_TIMEOUT_MS,
)
