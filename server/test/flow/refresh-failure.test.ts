import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem, type TokenAnswer } from '../setup/flow.ts'
import { auditEvents, query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const UNAVAILABLE = { status: 503, body: { error: 'temporarily_unavailable' } }

/** Lets the request fail where the access token is made: after its code or refresh token was taken up. */
async function failLate(request: () => Promise<TokenAnswer>): Promise<TokenAnswer> {
  const { registry } = server.store
  const snapshot = await registry.current()
  const current = vi.spyOn(registry, 'current')
  current.mockResolvedValueOnce(snapshot).mockRejectedValue(new Error('a fault of the server'))
  try {
    return await request()
  } finally {
    expect(current.mock.calls.length).toBeGreaterThan(1)
    current.mockRestore()
  }
}

async function used(table: 'authorization_codes' | 'refresh_tokens'): Promise<number> {
  return (await query(server, `SELECT 1 FROM ${table} WHERE consumed_at IS NOT NULL`)).length
}

describe('a request that fails in the middle', () => {
  it('leaves the refresh token as it was, and records nothing as issued (I9)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const [before, issued] = [await used('refresh_tokens'), (await auditEvents(server, 'token.issued')).length]
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await failLate(() => refresh(server, clientId, token))
      expect(answer).toMatchObject(UNAVAILABLE)
      expect(answer.headers.get('retry-after')).not.toBeNull()
      expect(answer.body).not.toHaveProperty('refresh_token')
    }
    expect(await used('refresh_tokens')).toBe(before)
    expect(await auditEvents(server, 'token.issued')).toHaveLength(issued)
    expect((await refresh(server, clientId, token)).status).toBe(200)
  })

  it('leaves the code as it was (I9)', async () => {
    const request = authorization(server, await register(server))
    const { code } = await approve(server, request)
    const before = await used('authorization_codes')
    expect(await failLate(() => redeem(server, request, code))).toMatchObject(UNAVAILABLE)
    expect(await used('authorization_codes')).toBe(before)
    expect((await redeem(server, request, code)).status).toBe(200)
  })

  it('tells the operator what it was, and the client only where to ask', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const answer = await failLate(() => refresh(server, clientId, String(tokens.body.refresh_token)))
    expect(JSON.stringify(answer.body)).not.toContain('a fault of the server')
    const told = server.logged.filter(({ level }) => level === 'error').map(({ detail }) => detail)
    expect(told).toContainEqual(expect.objectContaining({ correlationId: answer.body.correlation_id }))
  })
})
