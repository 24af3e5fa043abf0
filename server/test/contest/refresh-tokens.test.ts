import { randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

let server: TestServer
const processes: ServerProcess[] = []
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await server.close()
})

async function startPair(refreshGraceSeconds: number): Promise<readonly TestServer[]> {
  const pair = await Promise.all([
    startServerProcess(server, { lifetimes: { refreshGraceSeconds } }),
    startServerProcess(server, { lifetimes: { refreshGraceSeconds } }),
  ])
  processes.push(...pair)
  return pair.map((each) => each.server)
}

async function liveLeaves(gid: unknown): Promise<number> {
  const [row] = await query(
    server,
    `SELECT count(*)::int AS live FROM refresh_tokens t JOIN grants g ON g.id = t.grant_id
      WHERE g.id = $1 AND t.consumed_at IS NULL AND g.revoked_at IS NULL`,
    [gid],
  )
  return Number(row?.live)
}

describe('one refresh token that both processes are asked for at once', () => {
  it(
    'has one successor, which every answer carries (A105, I2, AS-RT-03)',
    async () => {
      const tally = tallyContest('refresh token')
      const servers = await startPair(60)
      const { clientId, tokens } = await signInAndRedeem(server)
      const { gid } = decodeJwt(String(tokens.body.access_token))
      let token = String(tokens.body.refresh_token)
      for (let round = 1; round <= ROUNDS; round += 1) {
        const answers = await contend(servers, CONTENDERS, (each) => refresh(each, clientId, token))
        expect(
          answers.map(({ status }) => status),
          `round ${round}`,
        ).toEqual(answers.map(() => 200))
        const successors = new Set(answers.map(({ body }) => String(body.refresh_token)))
        tally.add(answers, successors.size)
        const accessTokens = new Set(answers.map(({ body }) => String(body.access_token)))
        expect({ successors: successors.size, accessTokens: accessTokens.size }, `round ${round}`).toEqual({
          successors: 1,
          accessTokens: CONTENDERS,
        })
        expect(await liveLeaves(gid), `round ${round}`).toBe(1)
        token = [...successors][0] ?? ''
      }
    },
    CONTEST_TIMEOUT_MS,
  )

  it(
    'without a grace window has one answer, and the family ends (A105, I2, I4)',
    async () => {
      const tally = tallyContest('refresh token without a grace window')
      const servers = await startPair(0)
      const clientId = await register(server)
      const browser = createBrowser()
      for (let round = 1; round <= ROUNDS; round += 1) {
        const request = authorization(server, clientId)
        const { code } = await approve(server, request, {}, browser)
        const tokens = await redeem(server, request, code)
        const { gid } = decodeJwt(String(tokens.body.access_token))
        const token = String(tokens.body.refresh_token)
        const answers = await contend(servers, CONTENDERS, (each) => refresh(each, clientId, token))
        const winners = answers.filter(({ status }) => status === 200)
        tally.add(answers, winners.length)
        expect(winners, `round ${round}`).toHaveLength(1)
        for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
          expect({ status, error: body.error }, `round ${round}`).toEqual({ status: 400, error: 'invalid_grant' })
        }
        expect(await liveLeaves(gid), `round ${round}`).toBe(0)
        const [grant] = await query(server, 'SELECT revoked_reason FROM grants WHERE id = $1', [gid])
        expect(grant, `round ${round}`).toEqual({ revoked_reason: 'refresh-token-replayed' })
      }
    },
    CONTEST_TIMEOUT_MS,
  )

  it('is answered fifty times beside the first and then ends the family, also when all of them come at once (A105)', async () => {
    const servers = await startPair(60)
    const { clientId, tokens } = await signInAndRedeem(server)
    const answers = await contend(servers, 80, (each) => refresh(each, clientId, String(tokens.body.refresh_token)))
    const successors = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.refresh_token))
    expect(successors.size).toBe(1)
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(51)
    expect(await liveLeaves(decodeJwt(String(tokens.body.access_token)).gid)).toBe(0)
  })

  it(
    'never looks like a replay while the processes disagree on the encryption key in use (AS-RT-03)',
    async () => {
      const tally = tallyContest('refresh token, encryption keys in different order')
      const added = secret(randomBytes(32).toString('base64'))
      const pair = await Promise.all([
        startServerProcess(server, { encryptionKeys: [...server.settings.encryptionKeys, added] }),
        startServerProcess(server, { encryptionKeys: [added, ...server.settings.encryptionKeys] }),
      ])
      processes.push(...pair)
      const { clientId, tokens } = await signInAndRedeem(server)
      const { gid } = decodeJwt(String(tokens.body.access_token))
      let token = String(tokens.body.refresh_token)
      for (let round = 1; round <= ROUNDS; round += 1) {
        const answers = await contend(
          pair.map((each) => each.server),
          CONTENDERS,
          (each) => refresh(each, clientId, token),
        )
        const given = answers.filter(({ status }) => status === 200).map(({ body }) => String(body.refresh_token))
        tally.add(answers, new Set(given).size)
        expect(new Set(given).size, `round ${round}`).toBe(1)
        // Whoever was late with the other key says "again", and again gets the one that counts.
        for (const answer of answers.filter(({ status }) => status !== 200)) expect(answer.status).toBe(503)
        expect(await liveLeaves(gid), `round ${round}`).toBe(1)
        token = given[0] ?? ''
      }
    },
    CONTEST_TIMEOUT_MS,
  )
})
