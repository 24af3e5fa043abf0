import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { type RunOptions, run } from './fake-terminal.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const sallyport = (args: readonly string[], options: RunOptions = {}) =>
  run(['grants', ...args], { env: { DATABASE_URL: server.databaseUrl }, ...options })

async function granted() {
  const { clientId, tokens } = await signInAndRedeem(server, { scope: 'mcp:issue:read' })
  const grantId = String(decodeJwt(String(tokens.body.access_token)).gid)
  return { clientId, grantId, refreshToken: String(tokens.body.refresh_token) }
}

describe('sallyport grants list', () => {
  it('shows what acts for people: who, for which client, at which server, with which scopes', async () => {
    const { clientId, grantId } = await granted()
    const { grants } = JSON.parse((await sallyport(['list', '--client', clientId])).stdout)
    expect(grants).toEqual([
      {
        ...{ id: grantId, user: 'alice', clientId, resourceUri: RESOURCE, scopes: ['mcp:issue:read'] },
        ...{ createdAt: expect.any(String), lastUsedAt: expect.any(String), expiresAt: expect.any(String) },
      },
    ])
  })

  it('is a table for people', async () => {
    const { clientId, grantId } = await granted()
    const { stdout } = await sallyport(['list', '--client', clientId], { stdoutIsTerminal: true })
    expect(stdout).toMatch(/^ID +USER +CLIENT +RESOURCE +SCOPES +CREATED +LAST USED\n/)
    expect(stdout).toContain(grantId)
  })

  it('finds a person however the login is typed, and nothing for a stranger', async () => {
    await granted()
    expect(JSON.parse((await sallyport(['list', '--user', ' ALICE '])).stdout).grants).not.toEqual([])
    expect(JSON.parse((await sallyport(['list', '--user', 'mallory'])).stdout).grants).toEqual([])
  })
})

describe('sallyport grants revoke', () => {
  it('ends one grant by its id and leaves the others alone', async () => {
    const [one, other] = [await granted(), await granted()]
    expect((await sallyport(['revoke', '--grant', one.grantId])).code).toBe(0)
    expect((await refresh(server, one.clientId, one.refreshToken)).body.error).toBe('invalid_grant')
    expect((await refresh(server, other.clientId, other.refreshToken)).status).toBe(200)
    expect(await sallyport(['revoke', '--grant', one.grantId])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no live grant'),
    })
  })

  it('takes an id that begins with a hyphen for an id', async () => {
    const run = await sallyport(['revoke', '--grant', '-Yw0r1nZ3TzQeJ5qk6mB2g'])
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no live grant -Yw0') })
  })

  it('withdraws what the flags select, and says how much that was', async () => {
    const { clientId, refreshToken } = await granted()
    const run = await sallyport(['revoke', '--user', 'alice', '--client', clientId, '--json'])
    expect(JSON.parse(run.stdout)).toEqual({ consents: 1, grants: 1 })
    expect((await refresh(server, clientId, refreshToken)).body.error).toBe('invalid_grant')
  })

  it.each([[[]], [['--grant', 'some-id', '--user', 'alice']]])(
    'refuses %j, which names neither one grant nor a choice',
    async (args) => {
      expect(await sallyport(['revoke', ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining('--user') })
    },
  )
})
