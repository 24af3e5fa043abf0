import { randomInt } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem, type TokenAnswer } from '../setup/flow.ts'
import { passTime, query } from '../setup/state.ts'
import { CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { type ServerProcess, startServerProcess } from './server-processes.ts'

// Each kill costs the start of a process, which takes longer than everything else in the round.
const KILLS = Math.ceil(ROUNDS / 10)
/** Requests that are on their way when the process dies. */
const AT_ONCE = 8
/** Answers begin to come after about this long, so that a kill within it hits every stage of a request. */
const ANSWERS_WITHIN_MS = 60

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
  await new Promise((resolve) => setTimeout(resolve, randomInt(ANSWERS_WITHIN_MS)))
  await victim.stop('SIGKILL')
  return Promise.all(answers)
}

describe('a process that is killed', () => {
  it(
    'leaves each code whole: redeemable if nothing was issued, else spent with everything it gave (I8, I9)',
    async () => {
      const clientId = await register(server)
      const browser = createBrowser()
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const codes: { request: ReturnType<typeof authorization>; code: string }[] = []
        for (let count = 0; count < AT_ONCE; count += 1) {
          const request = authorization(server, clientId)
          codes.push({ request, code: (await approve(server, request, {}, browser)).code })
        }
        const answers = await killDuring((victim) => codes.map(({ request, code }) => redeem(victim, request, code)))
        const half = await query(
          server,
          `SELECT k.grant_id FROM authorization_codes k
            WHERE (k.consumed_at IS NULL) <> NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.grant_id = k.grant_id)`,
        )
        expect(half, `kill ${kill}`).toEqual([])
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
    CONTEST_TIMEOUT_MS,
  )

  it(
    'leaves each refresh token whole: the same request elsewhere gets a successor that works (I2, I8, I9)',
    async () => {
      const clientId = await register(server)
      const browser = createBrowser()
      let families: { gid: unknown; token: string }[] = []
      for (let count = 0; count < AT_ONCE; count += 1) {
        const request = authorization(server, clientId)
        const { body } = await redeem(server, request, (await approve(server, request, {}, browser)).code)
        families.push({ gid: decodeJwt(String(body.access_token)).gid, token: String(body.refresh_token) })
      }
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const answers = await killDuring((victim) => families.map(({ token }) => refresh(victim, clientId, token)))
        families = await Promise.all(
          families.map(async ({ gid, token }, index) => {
            const again = await refresh(survivor.server, clientId, token)
            expect(again.status, `kill ${kill}`).toBe(200)
            const answer = answers[index]
            if (answer !== undefined) expect(answer.body.refresh_token).toBe(again.body.refresh_token)
            return { gid, token: String(again.body.refresh_token) }
          }),
        )
        const leaves = await query(
          server,
          `SELECT g.id FROM grants g JOIN refresh_tokens t ON t.grant_id = g.id AND t.consumed_at IS NULL
            WHERE g.id = ANY($1::text[]) AND g.revoked_at IS NULL`,
          [families.map(({ gid }) => gid)],
        )
        expect(leaves, `kill ${kill}`).toHaveLength(AT_ONCE)
      }
    },
    CONTEST_TIMEOUT_MS,
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
