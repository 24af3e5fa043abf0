import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import { authorization, register, walk } from '../setup/flow.ts'
import { fillUp, forgetLimits } from '../setup/limits.ts'
import { CONTEST_TIMEOUT_MS } from './rounds.ts'
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

const QUARTER_HOUR = 900
/** Each hash takes tens of milliseconds, so that one round of these is enough to meet every order. */
const ROUNDS = 3
const TRIES = 60

it(
  'of sixty wrong passwords that both processes get at once, exactly as many are judged as there is room for (A35, AS-OPS-03)',
  async () => {
    const browser = createBrowser()
    const { url, response } = await walk(server, browser, authorization(server, await register(server)).url)
    const csrf = fieldOf((await response?.text()) ?? '', 'csrf')
    const form = { csrf, login: 'alice', password: 'wrong' }
    for (let round = 1; round <= ROUNDS; round += 1) {
      await forgetLimits(server)
      // Room for three in the bucket that gets another one in a quarter of an hour, however slow this machine is.
      await fillUp(server, ['sign-in in the end', 'alice', '127.0.0.1'], 17 * QUARTER_HOUR - 1)
      const answers = await contend(
        processes.map((each) => each.server),
        TRIES,
        (each) => browser.post(url.replace(server.origin, each.origin), form),
      )
      const statuses = answers.map(({ status }) => status)
      const of = (status: number): number => statuses.filter((each) => each === status).length
      expect({ judged: of(401), limited: of(429) }, `round ${round}`).toEqual({ judged: 3, limited: TRIES - 3 })
      for (const answer of answers.filter(({ status }) => status === 429))
        expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    }
  },
  CONTEST_TIMEOUT_MS,
)
