import { expect, it } from 'vitest'
import { signCompact } from '../../src/issuer/compact.ts'
import type { RealToken, RealTokens } from '../../src/server/real-tokens.ts'
import type { ServerSubject } from '../../src/server/subject.ts'
import { audienceChecks } from '../../src/server/tokens/audience.ts'

const ACCEPTED = signCompact({ alg: 'none' }, '{"iss":"https://as.example"}', { kind: 'none' })
const OTHER = { kind: 'token', token: 'other', scopes: [], expiresAt: undefined } as const

const WIRE = { once: (_: string, ask: () => Promise<unknown>) => ask() }

/** A server that takes whatever is a token. */
async function foundWith(other: RealToken) {
  const tokens: RealTokens = {
    get: async ({ kind }) => (kind === 'other resource' ? other : { kind: 'none', why: 'nobody exchanges' }),
    revoke: async () => undefined,
    secrets: [],
  }
  const call = async (_: unknown, { token }: { token?: string | undefined }) => ({
    status: token === undefined ? 401 : 200,
    headers: [['content-type', 'application/json']],
    body: token === undefined ? '{}' : '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}',
    truncated: false,
  })
  const mcp = { call, revision: '2026-07-28' }
  const audience = 'https://mcp.example/mcp'
  const subject = { acceptedToken: ACCEPTED, tokens, mcp, wire: WIRE, audience, url: audience, profile: 'live' }
  return audienceChecks.find(({ id }) => id === 'token-audience-other')?.run(subject as unknown as ServerSubject)
}

it('a server that takes a real token for another one is at fault, and only doubted where the token cannot be read', async () => {
  expect(await foundWith(OTHER)).toMatchObject({ kind: 'faulty' })
  expect(await foundWith({ ...OTHER, isOpaque: true })).toMatchObject({ kind: 'doubtful' })
  expect(await foundWith({ kind: 'none', why: 'no other server is known' })).toEqual({
    kind: 'not-applicable',
    detail: 'no other server is known; nobody exchanges',
  })
})
