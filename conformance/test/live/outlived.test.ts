import { describe, expect, it } from 'vitest'
import { signCompact } from '../../src/issuer/compact.ts'
import type { RealTokens } from '../../src/server/real-tokens.ts'
import type { ServerSubject } from '../../src/server/subject.ts'
import { createOutlivedCheck } from '../../src/server/tokens/outlived.ts'
import type { WireAnswer } from '../../src/wire/message.ts'

const START = 1_000_000
const EXP = START + 60
const TOKEN = signCompact({ alg: 'none' }, JSON.stringify({ exp: EXP }), { kind: 'none' })
const NO_TOKENS: RealTokens = { get: async () => ({ kind: 'none', why: '' }), revoke: async () => '', secrets: [] }

const answer = (status: number): WireAnswer => ({
  status,
  headers: [['content-type', 'application/json']],
  body: status === 200 ? '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}' : '{}',
  truncated: false,
})

const WIRE = { once: (_: string, ask: () => Promise<unknown>) => ask() }

/** A server that takes its token until so many seconds after its end, and a clock that moves when somebody waits. */
async function outlive(toleratesSeconds: number, token = TOKEN) {
  let now = START
  const waits: number[] = []
  const time = {
    now: () => now,
    async wait(seconds: number) {
      waits.push(seconds)
      now += seconds
    },
  }
  const call = async (_: unknown, { token: sent }: { token?: string | undefined }) =>
    answer(sent === token && now <= EXP + toleratesSeconds ? 200 : 401)
  const subject = { acceptedToken: token, tokens: NO_TOKENS, mcp: { call }, wire: WIRE } as unknown as ServerSubject
  return { finding: await createOutlivedCheck(time).run(subject), waits }
}

describe('a real token after its time', () => {
  it('is refused by a sound server a minute later, and nobody waits longer', async () => {
    const { finding, waits } = await outlive(60)
    expect(finding.kind).toBe('sound')
    expect(waits).toEqual([125])
  })

  it('may be taken for some minutes, where clocks are trusted little', async () => {
    expect((await outlive(300)).finding.kind).toBe('sound')
  })

  it('is a fault when it is taken beyond any tolerance', async () => {
    expect((await outlive(Number.POSITIVE_INFINITY)).finding.kind).toBe('faulty')
  })

  it('is not waited for when it lives for hours, or when its end cannot be read', async () => {
    const long = signCompact({ alg: 'none' }, JSON.stringify({ exp: START + 7_200 }), { kind: 'none' })
    expect((await outlive(0, long)).finding.kind).toBe('not-applicable')
    expect((await outlive(0, 'opaque')).finding.kind).toBe('not-applicable')
  })
})
