import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register } from '../setup/flow.ts'
import { createProofKey, type ProofKey, showing } from '../setup/proof-key.ts'
import { query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

let server: TestServer
let processes: ServerProcess[]
let key: ProofKey
const browser = createBrowser()
beforeAll(async () => {
  server = await startTestServer()
  processes = await Promise.all([startServerProcess(server), startServerProcess(server)])
  key = await createProofKey()
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await server.close()
})

const servers = () => processes.map((each) => each.server)

async function newCode(clientId: string) {
  const request = authorization(server, clientId)
  const { code } = await approve(server, request, {}, browser)
  return { request, code }
}

/** Each contender brings a code of its own: a page and a click each, which is what most of a round's time goes into. */
const CODE_ROUNDS = Math.ceil(ROUNDS / 5)

describe('one proof that both processes are shown at once', () => {
  it(
    'counts for one request; the others keep their codes, and redeem them with proofs of their own (A141, I5, AS-DPOP-01)',
    async () => {
      const tally = tallyContest('DPoP proof, a code each')
      const clientId = await register(server)
      for (let round = 1; round <= CODE_ROUNDS; round += 1) {
        const codes: Awaited<ReturnType<typeof newCode>>[] = []
        for (let each = 0; each < CONTENDERS; each += 1) codes.push(await newCode(clientId))
        const proof = await showing(server, key)
        const answers = await contend(servers(), CONTENDERS, async (each, index) => {
          const own = codes[index]
          if (own === undefined) throw new Error('each contender has a code')
          return { own, answer: await redeem(each, own.request, own.code, {}, proof) }
        })
        const losers = answers.filter(({ answer }) => answer.status !== 200)
        tally.add(
          answers.map(({ answer }) => answer),
          CONTENDERS - losers.length,
        )
        expect(losers, `round ${round}`).toHaveLength(CONTENDERS - 1)
        for (const { own, answer } of losers) {
          expect(answer, `round ${round}`).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
          const tokens = await redeem(server, own.request, own.code, {}, await showing(server, key))
          expect(tokens.status, `round ${round}`).toBe(200)
        }
      }
    },
    CONTEST_TIMEOUT_MS,
  )

  it(
    'counts once for one refresh token, and the family lives on (A105, A141, I2, I5)',
    async () => {
      const tally = tallyContest('DPoP proof, one refresh token')
      const clientId = await register(server)
      const { request, code } = await newCode(clientId)
      const tokens = await redeem(server, request, code, {}, await showing(server, key))
      let token = String(tokens.body.refresh_token)
      for (let round = 1; round <= ROUNDS; round += 1) {
        const proof = await showing(server, key)
        const answers = await contend(servers(), CONTENDERS, (each) => refresh(each, clientId, token, {}, proof))
        const winners = answers.filter(({ status }) => status === 200)
        tally.add(answers, winners.length)
        expect(winners, `round ${round}`).toHaveLength(1)
        for (const answer of answers.filter(({ status }) => status !== 200)) {
          expect(answer, `round ${round}`).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } })
        }
        token = String(winners[0]?.body.refresh_token)
      }
    },
    CONTEST_TIMEOUT_MS,
  )
})

describe('one bound refresh token that both processes are asked for at once', () => {
  it(
    'has one successor, which every answer to its own key carries and no answer to another (A105, A107, I2, AS-DPOP-05)',
    async () => {
      const tally = tallyContest('refresh token bound to a key, one in four with another')
      const clientId = await register(server)
      const stranger = await createProofKey()
      const { request, code } = await newCode(clientId)
      const tokens = await redeem(server, request, code, {}, await showing(server, key))
      const { gid } = decodeJwt(String(tokens.body.access_token))
      let token = String(tokens.body.refresh_token)
      for (let round = 1; round <= ROUNDS; round += 1) {
        const answers = await contend(servers(), CONTENDERS, async (each, index) => {
          const isOwn = index % 4 !== 3
          const proof = await showing(server, isOwn ? key : stranger)
          return { isOwn, answer: await refresh(each, clientId, token, {}, proof) }
        })
        for (const { isOwn, answer } of answers) {
          const expected = isOwn
            ? { status: 200, body: { token_type: 'DPoP' } }
            : { status: 400, body: { error: 'invalid_grant' } }
          expect(answer, `round ${round}`).toMatchObject(expected)
        }
        const successors = new Set(answers.filter(({ isOwn }) => isOwn).map(({ answer }) => answer.body.refresh_token))
        tally.add(
          answers.map(({ answer }) => answer),
          successors.size,
        )
        expect(successors.size, `round ${round}`).toBe(1)
        const [row] = await query(
          server,
          `SELECT count(*)::int AS live FROM refresh_tokens t JOIN grants g ON g.id = t.grant_id
            WHERE g.id = $1 AND t.consumed_at IS NULL AND g.revoked_at IS NULL`,
          [gid],
        )
        expect(row, `round ${round}`).toEqual({ live: 1 })
        token = String([...successors][0])
      }
    },
    CONTEST_TIMEOUT_MS,
  )
})
