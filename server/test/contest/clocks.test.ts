import { protect } from '@sallyport/resource'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cleanUp } from '../../src/store/housekeeping.ts'
import { type Chain, claimsOf, exchange, FRONT, FRONT_TOOLS, startChain } from '../exchange/chain.ts'
import { postForm } from '../setup/access-tokens.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { type Browser, createBalancedBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, type TokenAnswer } from '../setup/flow.ts'
import { proofOf } from '../setup/key-client.ts'
import { passTime, query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

// Each is two minutes off, one either way: four minutes lie between them. The database's clock is right.
const OFF_SECONDS = 120
/** Of a client assertion that both take: the one ahead takes none that ends sooner, the one behind none that ends later. */
const TAKEN_BY_BOTH = { exp: 110, iat: undefined }
const SCOPE = 'mcp:issue:read'

let chain: Chain
let processes: readonly [ahead: ServerProcess, behind: ServerProcess]
beforeAll(async () => {
  chain = await startChain()
  processes = await Promise.all([startServerProcess(chain.server), startServerProcess(chain.server)])
})
beforeEach(async () => {
  await processes[0].moveClock(OFF_SECONDS)
  await processes[1].moveClock(-OFF_SECONDS)
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await chain.server.close()
})

const ahead = () => processes[0].server
const behind = () => processes[1].server
const DIRECTIONS = [
  { way: 'from the one ahead to the one behind', first: ahead, second: behind },
  { way: 'from the one behind to the one ahead', first: behind, second: ahead },
]

/** A browser whose requests go to one process and the other by turns, whatever address is named. */
function wandering(from: TestServer, to: TestServer): Browser {
  let turn = 0
  return createBalancedBrowser(chain.server.issuer, () => (turn++ % 2 === 0 ? from : to).origin)
}

/** A code that the two processes brought about together. */
async function authorize(from: TestServer, to: TestServer, clientId: string, browser = wandering(from, to)) {
  const request = authorization(chain.server, clientId, { resource: FRONT, scope: SCOPE })
  const place = { origin: chain.server.origin, issuer: chain.server.issuer }
  return { request, ...(await approve(place, request, {}, browser)) }
}

async function signIn(at: TestServer): Promise<{ clientId: string; tokens: TokenAnswer['body'] }> {
  const clientId = await register(chain.server)
  const { request, code } = await authorize(at, at, clientId)
  const { body } = await redeem(at, request, code, { resource: FRONT })
  return { clientId, tokens: body }
}

/** Seconds since 1970, by the clock of the database. */
async function databaseTime(): Promise<number> {
  const [row] = await query(chain.server, 'SELECT extract(epoch FROM now())::float8 AS now')
  return Number(row?.now)
}

/** With another lifetime of the tokens for `FRONT`, once every process knows: each remembers the registry for two seconds. */
async function withTokensOf(seconds: number, work: () => Promise<void>): Promise<void> {
  const set = async (value: number | null) => {
    await query(chain.server, "UPDATE resources SET access_token_seconds = $1 WHERE id = 'front'", [value])
    await new Promise((resolve) => setTimeout(resolve, 2_100))
  }
  await set(seconds)
  await work().finally(() => set(null))
}

async function reasonOf(accessToken: unknown): Promise<unknown> {
  const gid = decodeJwt(String(accessToken)).gid
  const [grant] = await query(chain.server, 'SELECT revoked_reason FROM grants WHERE id = $1', [gid])
  return grant?.revoked_reason
}

describe.each(DIRECTIONS)('between processes four minutes apart, $way,', ({ first, second }) => {
  it('a sign-in goes on at every step, and its code is good for its minute and no longer (I1, I8, AS-TK-02)', async () => {
    const clientId = await register(chain.server)
    const browser = wandering(first(), second())
    const early = await authorize(first(), second(), clientId, browser)
    expect(early.pages.map(({ url }) => url.split('/').at(-1))).toContain('sign-in')
    await passTime(chain.server, 55)
    const inTime = await redeem(second(), early.request, early.code, { resource: FRONT })
    expect(inTime).toMatchObject({ status: 200, body: { expires_in: 600 } })
    const late = await authorize(first(), second(), clientId, browser)
    // The session that the one began is one to the other.
    expect(late.pages.map(({ url }) => url.split('/').at(-1))).not.toContain('sign-in')
    await passTime(chain.server, 61)
    for (const each of [second(), first()]) {
      const answer = await redeem(each, late.request, late.code, { resource: FRONT })
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
  })

  it('a refresh token has one successor within the window, and after it the family ends (I2, I4, AS-RT-03)', async () => {
    const { clientId, tokens } = await signIn(first())
    const old = String(tokens.refresh_token)
    const next = await refresh(first(), clientId, old)
    await passTime(chain.server, 55)
    const again = await refresh(second(), clientId, old)
    expect(again).toMatchObject({ status: 200, body: { refresh_token: next.body.refresh_token } })
    await passTime(chain.server, 6)
    expect(await refresh(second(), clientId, old)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await reasonOf(tokens.access_token)).toBe('refresh-token-replayed')
    expect((await refresh(first(), clientId, String(next.body.refresh_token))).status).toBe(400)
  })

  it('what is given back at one is in the signed list of the other, which says when by the database (I3)', async () => {
    const { clientId, tokens } = await signIn(first())
    const feed = async (at: TestServer) =>
      decodeJwt<{ revoked: string[] }>(await (await fetch(`${at.origin}/resources/front/revocations`)).text())
    const form = { client_id: clientId, token: String(tokens.access_token) }
    expect((await postForm(first(), '/revoke', form)).status).toBe(200)
    const { gid } = decodeJwt(String(tokens.access_token))
    for (const each of [second(), first()]) {
      await expect.poll(async () => (await feed(each)).revoked).toContain(gid)
      const { iat = 0, exp = 0 } = await feed(each)
      // A resource server takes none from the future, none that is too old, and none older than the last.
      expect(Math.abs(iat - (await databaseTime()))).toBeLessThan(10)
      expect(exp - iat).toBe(60)
    }
  })
})

describe('an access token of a process', () => {
  const guardOfFront = () => protect({ issuer: chain.server.issuer, resource: FRONT, tools: FRONT_TOOLS })

  it.each([
    { where: 'two minutes ahead', at: ahead, off: OFF_SECONDS },
    { where: 'two minutes behind', at: behind, off: -OFF_SECONDS },
  ])('$where ends by so much later or sooner than it says, and by no more', async ({ at, off }) => {
    const before = await databaseTime()
    const { tokens } = await signIn(at())
    const { iat = 0, exp = 0 } = decodeJwt(String(tokens.access_token))
    expect(exp - iat).toBe(600)
    expect(exp).toBeGreaterThanOrEqual(Math.floor(before) + 600 + off - 1)
    expect(exp).toBeLessThanOrEqual((await databaseTime()) + 600 + off + 1)
  })

  it('behind is taken by resource servers, and one from the future is not until its time has come (RS-TOK-12)', async () => {
    const { verifier } = await guardOfFront()
    const late = String((await signIn(behind())).tokens.access_token)
    expect(await verifier.verifyAccessToken(late)).toHaveProperty('clientId')
    const early = String((await signIn(ahead())).tokens.access_token)
    await expect(verifier.verifyAccessToken(early)).rejects.toThrow()
  })

  it('that was revoked is named to resource servers until the last of them has forgotten it (I3)', async () => {
    await withTokensOf(3_600, async () => {
      const { clientId, tokens } = await signIn(ahead())
      const { exp = 0, gid } = decodeJwt(String(tokens.access_token))
      const form = { client_id: clientId, token: String(tokens.access_token) }
      expect((await postForm(behind(), '/revoke', form)).status).toBe(200)
      const secondsLeft = exp - (await databaseTime())
      expect(secondsLeft).toBeGreaterThan(3_700)
      // By the clock of a resource server that is two minutes behind, and takes tokens five seconds longer than they live.
      await passTime(chain.server, secondsLeft + OFF_SECONDS + 5)
      const statement = await (await fetch(`${behind().origin}/resources/front/revocations`)).text()
      expect(decodeJwt(statement).revoked).toContain(gid)
    })
  })

  it.each(DIRECTIONS)('is exchanged $way, and what comes out ends no later', async ({ first, second }) => {
    const { tokens } = await signIn(first())
    const proof = await proofOf(chain.server, chain.front, { claims: TAKEN_BY_BOTH })
    const answer = await exchange(second(), chain.front, String(tokens.access_token), proof)
    expect(answer.status).toBe(200)
    expect(claimsOf(answer).exp).toBeLessThanOrEqual(Number(decodeJwt(String(tokens.access_token)).exp))
  })

  it('that has ended is exchanged by no process, however late its clock (AS-TX-08)', async () => {
    await withTokensOf(60, async () => {
      const { tokens } = await signIn(behind())
      expect(decodeJwt(String(tokens.access_token)).exp).toBeLessThan(await databaseTime())
      const proof = await proofOf(chain.server, chain.front, { claims: TAKEN_BY_BOTH })
      const answer = await exchange(behind(), chain.front, String(tokens.access_token), proof)
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    })
  })
})

describe('one client assertion', () => {
  it(
    'that both processes are shown at once proves the client to one request (A97, I5)',
    async () => {
      const tally = tallyContest('client assertion, clocks four minutes apart')
      const { tokens } = await signIn(behind())
      for (let round = 1; round <= Math.ceil(ROUNDS / 10); round += 1) {
        const proof = await proofOf(chain.server, chain.front, { claims: TAKEN_BY_BOTH })
        const answers = await contend([ahead(), behind()], CONTENDERS, (each) =>
          exchange(each, chain.front, String(tokens.access_token), proof),
        )
        const winners = answers.filter(({ status }) => status === 200)
        tally.add(answers, winners.length)
        expect(winners, `round ${round}`).toHaveLength(1)
        expect(answers.filter(({ status }) => status !== 200 && status !== 401)).toEqual([])
      }
    },
    CONTEST_TIMEOUT_MS,
  )

  it('is remembered for as long as the process that is furthest behind would take it (A97, I5)', async () => {
    const { tokens } = await signIn(behind())
    const proof = await proofOf(chain.server, chain.front, { claims: TAKEN_BY_BOTH })
    const show = (at: TestServer) => exchange(at, chain.front, String(tokens.access_token), proof)
    expect((await show(ahead())).status).toBe(200)
    const passed = 240
    await passTime(chain.server, passed)
    expect((await cleanUp(chain.server.store.database, { holder: 'test', notWithinSeconds: 0 })).ok).toBe(true)
    await processes[1].moveClock(passed - OFF_SECONDS)
    expect(await show(behind())).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })
})
