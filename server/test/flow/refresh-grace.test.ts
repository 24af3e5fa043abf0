import { randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { auditEvents, passTime, query } from '../setup/state.ts'

const DEAD = { status: 400, body: { error: 'invalid_grant' } }
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('within the grace window, the same refresh token again', () => {
  it('is answered with the same successor and an access token of its own (A105, AS-RT-03)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const first = await refresh(server, clientId, token)
    await passTime(server, 50)
    const again = await refresh(server, clientId, token)
    expect(again).toMatchObject({ status: 200, body: { refresh_token: first.body.refresh_token } })
    const [one, other] = [first, again].map(({ body }) => decodeJwt(String(body.access_token)))
    expect(other?.jti).not.toBe(one?.jti)
    expect(other).toMatchObject({ gid: one?.gid, sub: one?.sub, aud: one?.aud, scope: one?.scope })
  })

  it('is answered for the scope it asks for, after every check of a normal refresh', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const first = await refresh(server, clientId, token)
    const narrow = await refresh(server, clientId, token, { scope: 'mcp:issue:read' })
    expect(narrow).toMatchObject({
      status: 200,
      body: { scope: 'mcp:issue:read', refresh_token: first.body.refresh_token },
    })
    expect((await refresh(server, clientId, token, { scope: 'mcp:issue:create' })).body.error).toBe('invalid_scope')
    const target = await refresh(server, clientId, token, { resource: 'https://nobody.example/mcp' })
    expect(target.body.error).toBe('invalid_target')
    expect(await refresh(server, await register(server), token)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, String(first.body.refresh_token))).toMatchObject({
      status: 200,
      body: { scope: 'mcp:repositories:list mcp:issue:read' },
    })
  })

  it('is answered fifty times and not once more; then the family ends (A104, I4)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const first = await refresh(server, clientId, token)
    for (let answer = 1; answer <= 50; answer += 1) {
      const again = await refresh(server, clientId, token)
      expect(again, `answer ${answer}`).toMatchObject({
        status: 200,
        body: { refresh_token: first.body.refresh_token },
      })
    }
    expect(await refresh(server, clientId, token)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, String(first.body.refresh_token))).toMatchObject(DEAD)
  })

  it('ends the family once the successor was presented (A106)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const first = await refresh(server, clientId, token)
    const second = await refresh(server, clientId, String(first.body.refresh_token))
    expect(second.status).toBe(200)
    expect(await refresh(server, clientId, token)).toMatchObject(DEAD)
    expect(await refresh(server, clientId, String(second.body.refresh_token))).toMatchObject(DEAD)
    const revoked = (await auditEvents(server, 'grant.revoked')).filter((event) => event.client_id === clientId)
    expect(revoked).toMatchObject([{ detail: { reason: 'refresh-token-replayed' } }])
  })

  it('is answered with the same successor after the encryption key was changed in between (AS-RT-03)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const first = await refresh(server, clientId, token)
    const fresh = secret(randomBytes(32).toString('base64'))
    const encryptionKeys = [fresh, ...server.settings.encryptionKeys]
    const changed = await startTestServer({ sharing: server, settings: { mode: 'serve', encryptionKeys } })
    const again = await refresh(changed, clientId, token)
    expect(again).toMatchObject({ status: 200, body: { refresh_token: first.body.refresh_token } })
    const next = await refresh(changed, clientId, String(again.body.refresh_token))
    expect(next.status).toBe(200)
    // The other server does not have the key that this successor was made with: it is no replay, it just cannot answer.
    const elsewhere = await refresh(server, clientId, String(again.body.refresh_token))
    expect(elsewhere).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } })
    expect((await refresh(changed, clientId, String(next.body.refresh_token))).status).toBe(200)
    await changed.close()
  })

  it('writes one successor, whoever asks how often (I2)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const answers = [await refresh(server, clientId, token), await refresh(server, clientId, token)]
    const { gid } = decodeJwt(String(answers[0]?.body.access_token))
    const rows = await query(server, 'SELECT answers, consumed_at FROM refresh_tokens WHERE grant_id = $1', [gid])
    expect(rows).toHaveLength(2)
    expect(rows.map((row) => row.answers).sort()).toEqual([0, 2])
  })
})

describe('with the grace window turned off', () => {
  it('a second use ends the family at once (A104)', async () => {
    const strict = await startTestServer({
      sharing: server,
      settings: { mode: 'serve' },
      lifetimes: { refreshGraceSeconds: 0 },
    })
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const first = await refresh(strict, clientId, token)
    expect(first.status).toBe(200)
    expect(await refresh(strict, clientId, token)).toMatchObject(DEAD)
    expect(await refresh(strict, clientId, String(first.body.refresh_token))).toMatchObject(DEAD)
    await strict.close()
  })
})
