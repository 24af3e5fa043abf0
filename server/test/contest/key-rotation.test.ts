import { protect } from '@sallyport/resource'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, type TokenAnswer } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { keysCommand } from './keys-command.ts'
import { type ServerProcess, startServerProcess } from './server-processes.ts'

const FAMILIES = 6
const POLL = { timeout: 30_000, interval: 100 }

let server: TestServer
let processes: readonly ServerProcess[]
beforeAll(async () => {
  server = await startTestServer()
  processes = await Promise.all([startServerProcess(server), startServerProcess(server)])
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await server.close()
})

const everyone = () => [server, ...processes.map((each) => each.server)]

async function publishedBy({ origin }: TestServer): Promise<readonly string[]> {
  const response = await fetch(`${origin}/.well-known/jwks.json`)
  const { keys }: { keys: { kid: string }[] } = await response.json()
  return keys.map(({ kid }) => kid)
}

const allPublish = async (kid: string): Promise<boolean> => {
  const sets = await Promise.all(everyone().map(publishedBy))
  return sets.every((kids) => kids.includes(kid))
}

interface Load {
  readonly answers: TokenAnswer[]
  /** Ids of the keys that signed since the last time this was asked. */
  kidsOfLate(): readonly string[]
  stop(): Promise<void>
}

/** Clients that refresh one after the other, each by turns on one process and the other. */
async function startLoad(): Promise<Load> {
  const clientId = await register(server)
  const browser = createBrowser()
  const tokens: string[] = []
  for (let count = 0; count < FAMILIES; count += 1) {
    const request = authorization(server, clientId)
    const { body } = await redeem(server, request, (await approve(server, request, {}, browser)).code)
    tokens.push(String(body.refresh_token))
  }
  const answers: TokenAnswer[] = []
  let stopped = false
  let seen = 0
  const loops = tokens.map(async (first, family) => {
    let token = first
    for (let turn = family; !stopped; turn += 1) {
      const target = processes[turn % processes.length]?.server ?? server
      const answer = await refresh(target, clientId, token)
      answers.push(answer)
      token = String(answer.body.refresh_token)
    }
  })
  return {
    answers,
    kidsOfLate() {
      const late = answers.slice(seen)
      seen = answers.length
      return [...new Set(late.map(({ body }) => kidOf(String(body.access_token))))]
    },
    async stop() {
      stopped = true
      await Promise.all(loops)
    },
  }
}

const kidOf = (token: string): string => String(decodeProtectedHeader(token).kid)

const guardOfServer = () => protect({ issuer: server.issuer, resource: RESOURCE, tools: TOOLS })

describe('a rotation while two processes answer', () => {
  it('is published before it signs, signs on both, and fails no request; what the old key signed goes on (A145)', async () => {
    const [old = ''] = await publishedBy(server)
    const guard = await guardOfServer()
    const load = await startLoad()
    const rotated = await keysCommand(server, ['rotate', '--sign-after', '600', '--json'])
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    const { kid, ending } = JSON.parse(rotated.stdout)
    expect(ending).toEqual([{ kid: old, endsAt: expect.any(String) }])
    await expect.poll(() => allPublish(kid), POLL).toBe(true)
    expect(load.kidsOfLate()).toEqual([old])
    // Whoever keeps the published set has had the time to ask again.
    await query(server, 'UPDATE signing_keys SET signs_from = now() WHERE kid = $1', [kid])
    await expect.poll(() => load.kidsOfLate(), POLL).toEqual([kid])
    await load.stop()
    expect(load.answers.filter(({ status }) => status !== 200)).toEqual([])
    const signedBy = (which: string) => load.answers.find(({ body }) => kidOf(String(body.access_token)) === which)
    for (const which of [old, kid]) {
      const token = String(signedBy(which)?.body.access_token)
      expect(await guard.verifier.verifyAccessToken(token)).toMatchObject({ clientId: decodeJwt(token).client_id })
    }
    console.info(`rotation under load: ${load.answers.length} refreshes, 0 failed`)
  })

  it('keeps the old key for longer than any token lives, and then no longer', async () => {
    const [row] = await query(
      server,
      `SELECT o.kid AS old, n.kid AS signing, extract(epoch FROM o.ends_at - n.signs_from)::int AS kept
        FROM signing_keys o JOIN signing_keys n ON n.generation = o.generation + 1`,
    )
    const [old, signing] = [row?.old, row?.signing]
    expect(Number(row?.kept)).toBeGreaterThan(3_600)
    await query(server, 'UPDATE signing_keys SET ends_at = now() WHERE kid = $1', [old])
    await expect.poll(() => Promise.all(everyone().map(publishedBy)), POLL).toEqual([[signing], [signing], [signing]])
  })

  it('of a compromised key ends what it signed at once, and clients go on (A145)', async () => {
    const [old = ''] = await publishedBy(server)
    const load = await startLoad()
    await expect.poll(() => load.answers.length, POLL).toBeGreaterThan(FAMILIES)
    const before = String(load.answers[0]?.body.access_token)
    const { kid } = JSON.parse((await keysCommand(server, ['rotate', '--compromised', '--json'])).stdout)
    await expect.poll(() => Promise.all(everyone().map(publishedBy)), POLL).toEqual([[kid], [kid], [kid]])
    load.kidsOfLate()
    await expect.poll(() => load.kidsOfLate(), POLL).toEqual([kid])
    await load.stop()
    expect(load.answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(kidOf(before)).toBe(old)
    const guard = await guardOfServer()
    await expect(guard.verifier.verifyAccessToken(before)).rejects.toThrow()
    const latest = String(load.answers.at(-1)?.body.access_token)
    expect(await guard.verifier.verifyAccessToken(latest)).toHaveProperty('clientId')
  })
})
