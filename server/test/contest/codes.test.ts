import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register } from '../setup/flow.ts'
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
  'one code that both processes are asked for at once gives one set of tokens, and the rest are replays (A87, I1, I4)',
  async () => {
    const tally = tallyContest('code')
    const clientId = await register(server)
    const browser = createBrowser()
    for (let round = 1; round <= ROUNDS; round += 1) {
      const request = authorization(server, clientId)
      const { code } = await approve(server, request, {}, browser)
      const servers = processes.map((each) => each.server)
      const answers = await contend(servers, CONTENDERS, (each) => redeem(each, request, code))
      const winners = answers.filter(({ status }) => status === 200)
      tally.add(answers, winners.length)
      expect(winners, `round ${round}`).toHaveLength(1)
      for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
        expect({ status, error: body.error }, `round ${round}`).toEqual({ status: 400, error: 'invalid_grant' })
      }
      const { gid } = decodeJwt(String(winners[0]?.body.access_token))
      const [grant] = await query(
        server,
        `SELECT revoked_reason, (SELECT count(*)::int FROM refresh_tokens t WHERE t.grant_id = g.id) AS tokens,
                (SELECT count(*)::int FROM audit_events e WHERE e.grant_id = g.id AND type = 'token.issued') AS issued,
                (SELECT count(*)::int FROM audit_events e WHERE e.grant_id = g.id AND type = 'grant.revoked') AS revoked
           FROM grants g WHERE id = $1`,
        [gid],
      )
      expect(grant, `round ${round}`).toEqual({ revoked_reason: 'code-replayed', tokens: 1, issued: 1, revoked: 1 })
      const after = await refresh(server, clientId, String(winners[0]?.body.refresh_token))
      expect(after, `round ${round}`).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
  },
  CONTEST_TIMEOUT_MS,
)
