import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { BALANCED, balanceBooks } from '../setup/books.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem, type TokenAnswer } from '../setup/flow.ts'
import { times } from '../setup/scale.ts'
import { passTime } from '../setup/state.ts'
import { tallyFaults } from '../setup/tally.ts'
import { type ServerProcess, startServerProcess } from './server-processes.ts'

// Each kill costs the start of a process, which takes longer than everything else in the round.
const KILLS = times(5, 50)
/** Such a start, and what is around it, takes a busy machine many seconds. */
const KILLS_TIMEOUT_MS = 60_000 + KILLS * 30_000
/** Requests that are on their way when the process dies. */
const AT_ONCE = 8
/** Before the first answer, a kill within this hits every stage of a request; later ones come after some of the answers. */
const FIRST_ANSWER_WITHIN_MS = 60

let server: TestServer
let survivor: ServerProcess
beforeAll(async () => {
  server = await startTestServer()
  survivor = await startServerProcess(server)
})
afterAll(async () => {
  await survivor.stop()
  await server.close()
})

/** Sends the requests to a process of their own and kills it; undefined stands for an answer that never came. */
async function killDuring(
  requests: (victim: TestServer) => Promise<TokenAnswer>[],
): Promise<readonly (TokenAnswer | undefined)[]> {
  const victim = await startServerProcess(server)
  await refresh(victim.server, 'nobody', 'warm-up')
  const answers = requests(victim.server).map((answer) => answer.catch(() => undefined))
  const howMany = randomInt(AT_ONCE)
  if (howMany === 0) await new Promise((resolve) => setTimeout(resolve, randomInt(FIRST_ANSWER_WITHIN_MS)))
  else await first(howMany, answers)
  await victim.stop('SIGKILL')
  return Promise.all(answers)
}

/** Until so many of them have come, whichever. */
function first(howMany: number, answers: readonly Promise<unknown>[]): Promise<void> {
  let missing = howMany
  return new Promise((resolve) => {
    for (const answer of answers) {
      void answer.then(() => {
        missing -= 1
        if (missing === 0) resolve()
      })
    }
  })
}

/** The first answer elsewhere, from when the process was dead. */
async function timed(answer: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await answer
  return performance.now() - startedAt
}

/** What the kill left in the database, and counts it. */
async function balance(
  tally: ReturnType<typeof tallyFaults>,
  answers: readonly (TokenAnswer | undefined)[],
  recoveryMs: number,
): Promise<void> {
  const findings = await balanceBooks(server)
  const answered = answers.filter((answer) => answer?.status === 200).length
  tally.add({ recoveryMs, answered, refused: answers.length - answered, findings })
  expect(findings).toEqual(BALANCED)
}

describe('a process that is killed', () => {
  it(
    'leaves each code whole: redeemable if nothing was issued, else spent with everything it gave (I8, I9)',
    async () => {
      const tally = tallyFaults('process killed while codes are redeemed')
      const clientId = await register(server)
      const browser = createBrowser()
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const codes: { request: ReturnType<typeof authorization>; code: string }[] = []
        for (let count = 0; count < AT_ONCE; count += 1) {
          const request = authorization(server, clientId)
          codes.push({ request, code: (await approve(server, request, {}, browser)).code })
        }
        const answers = await killDuring((victim) => codes.map(({ request, code }) => redeem(victim, request, code)))
        const recoveryMs = await timed(refresh(survivor.server, clientId, 'nothing'))
        await balance(tally, answers, recoveryMs)
        for (const [index, { request, code }] of codes.entries()) {
          const answer = answers[index]
          if (answer?.status === 200) {
            const next = await refresh(survivor.server, clientId, String(answer.body.refresh_token))
            expect(next.status, `kill ${kill}`).toBe(200)
            continue
          }
          expect(answer, `kill ${kill}`).toBeUndefined()
          expect([200, 400]).toContain((await redeem(survivor.server, request, code)).status)
        }
      }
    },
    KILLS_TIMEOUT_MS,
  )

  it(
    'leaves each refresh token whole: the same request elsewhere gets a successor that works (I2, I8, I9)',
    async () => {
      const tally = tallyFaults('process killed while families are refreshed')
      const clientId = await register(server)
      const browser = createBrowser()
      let families: { token: string }[] = []
      for (let count = 0; count < AT_ONCE; count += 1) {
        const request = authorization(server, clientId)
        const { body } = await redeem(server, request, (await approve(server, request, {}, browser)).code)
        families.push({ token: String(body.refresh_token) })
      }
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const answers = await killDuring((victim) => families.map(({ token }) => refresh(victim, clientId, token)))
        const startedAt = performance.now()
        let recoveryMs = Number.POSITIVE_INFINITY
        families = await Promise.all(
          families.map(async ({ token }, index) => {
            const again = await refresh(survivor.server, clientId, token)
            expect(again.status, `kill ${kill}`).toBe(200)
            recoveryMs = Math.min(recoveryMs, performance.now() - startedAt)
            const answer = answers[index]
            if (answer !== undefined) expect(answer.body.refresh_token).toBe(again.body.refresh_token)
            return { token: String(again.body.refresh_token) }
          }),
        )
        // Every family has exactly one live leaf, by the books.
        await balance(tally, answers, recoveryMs)
      }
    },
    KILLS_TIMEOUT_MS,
  )
})

describe('after a restart', () => {
  it('a refresh token that was rotated away is as dead as before, and the live one works (A108, AS-RT-08)', async () => {
    const first = await startServerProcess(server)
    const { clientId, tokens } = await signInAndRedeem(server)
    const old = String(tokens.body.refresh_token)
    const next = await refresh(first.server, clientId, old)
    await first.stop('SIGKILL')
    const second = await startServerProcess(server)
    const live = await refresh(second.server, clientId, String(next.body.refresh_token))
    expect(live.status).toBe(200)
    await passTime(server, 61)
    expect(await refresh(second.server, clientId, old)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const leaf = await refresh(second.server, clientId, String(live.body.refresh_token))
    expect(leaf).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    await second.stop()
  })
})
