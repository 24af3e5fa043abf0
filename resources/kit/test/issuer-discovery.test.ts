import { afterEach, describe, expect, it } from 'vitest'
import { type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
afterEach(() => issuer.close())

async function start(path = ''): Promise<GuardedServer> {
  issuer = await startTestIssuer({ path })
  return startGuardedServer(issuer)
}

const metadata = (over: object = {}): string =>
  JSON.stringify({ issuer: issuer.issuer, jwks_uri: `${new URL(issuer.issuer).origin}/keys`, ...over })
const statusOf = async (server: GuardedServer): Promise<number> =>
  (await server.post(request('ping'), await issuer.sign())).status

describe('metadata of the issuer', () => {
  it('is looked for in the three spellings of an issuer with a path, in order (CL, RFC 8414 §3.1)', async () => {
    const server = await start('/tenant')
    issuer.behaviour.metadata = (path) =>
      path === '/tenant/.well-known/openid-configuration' ? { body: metadata() } : undefined
    expect(await statusOf(server)).toBe(200)
    expect(issuer.requests).toEqual([
      '/.well-known/oauth-authorization-server/tenant',
      '/.well-known/openid-configuration/tenant',
      '/tenant/.well-known/openid-configuration',
      '/keys',
    ])
  })

  it('is looked for in two spellings of an issuer without a path', async () => {
    const server = await start()
    issuer.behaviour.metadata = () => undefined
    expect(await statusOf(server)).toBe(503)
    expect(issuer.requests).toEqual(['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])
  })

  it('that names another issuer is passed over, and the log says which (RS-PRM-10, T-06)', async () => {
    const server = await start()
    issuer.behaviour.metadata = () => ({ body: metadata({ issuer: `${issuer.issuer}/` }) })
    expect(await statusOf(server)).toBe(503)
    expect(server.logged[0]?.detail).toContain(`names issuer "${issuer.issuer}/" instead of "${issuer.issuer}"`)
  })

  it('behind a redirect is not followed', async () => {
    const server = await start()
    issuer.behaviour.metadata = (path) =>
      path === '/elsewhere' ? { body: metadata() } : { status: 302, body: '', headers: { location: '/elsewhere' } }
    expect(await statusOf(server)).toBe(503)
    expect(issuer.requests).not.toContain('/elsewhere')
  })

  it.each([
    { what: 'nowhere', jwks_uri: undefined },
    { what: 'on http elsewhere', jwks_uri: 'http://keys.example.com/keys' },
    { what: 'in a file', jwks_uri: 'file:///etc/passwd' },
    { what: 'with a password', jwks_uri: 'https://user:pass@keys.example.com/keys' },
  ])('that has its keys $what is refused', async ({ jwks_uri }) => {
    const server = await start()
    issuer.behaviour.metadata = () => ({ body: metadata({ jwks_uri }) })
    expect(await statusOf(server)).toBe(503)
  })

  it('of an issuer on the internet must not send us to this machine', async () => {
    issuer = await startTestIssuer()
    const asked: string[] = []
    const server = await startGuardedServer(issuer, {
      issuer: 'https://auth.example.com',
      fetch: async (url) => {
        asked.push(String(url))
        return Response.json({ issuer: 'https://auth.example.com', jwks_uri: 'http://127.0.0.1:8080/keys' })
      },
    })
    expect(await server.guard.ready()).toBe(false)
    expect(asked.every((url) => url.startsWith('https://auth.example.com/'))).toBe(true)
  })

  it('that is a list, or larger than the cap, is refused', async () => {
    const server = await start()
    issuer.behaviour.metadata = (path) => ({
      body: path.includes('openid') ? '[]' : metadata({ padding: 'x'.repeat(300_000) }),
    })
    expect(await statusOf(server)).toBe(503)
  })
})
