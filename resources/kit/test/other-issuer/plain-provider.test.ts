import { type ProtectOptions, protect } from '@sallyport/resource'
import { createFetchHandler } from '@sallyport/resource/web'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, TOOLS } from '../setup/guarded-server.ts'
import { type PlainProvider, RESOURCE, startPlainProvider } from './plain-provider.ts'

const started: PlainProvider[] = []
// The library says at each start that its store in memory is for development, which here it is.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))
afterAll(async () => {
  for (const provider of started) await provider.close()
})

async function start(options: Parameters<typeof startPlainProvider>[0] = {}): Promise<PlainProvider> {
  const provider = await startPlainProvider(options)
  started.push(provider)
  return provider
}

/** Calls a tool of a server that delegates to the issuer. */
async function createCaller(issuer: string, options: Partial<ProtectOptions> = {}) {
  const logged: string[] = []
  const log: ProtectOptions['log'] = ({ code }) => logged.push(code)
  const guard = await protect({ issuer, resource: RESOURCE, tools: TOOLS, log, ...options })
  const handler = createFetchHandler(guard, (_request, access) => Response.json(access))
  const send = (tool: string, token: string): Promise<Response> =>
    handler(
      new Request(RESOURCE, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(call(tool)),
      }),
    )
  return { send, logged, guard }
}

describe('an issuer that is plain oidc-provider', () => {
  it('is found by its OpenID metadata, and its at+jwt access tokens are accepted (RS-TOK-03)', async () => {
    const provider = await start()
    const { send, guard } = await createCaller(provider.issuer)
    const token = await provider.issueToken('mcp:issue:read')
    expect(decodeProtectedHeader(token).typ).toBe('at+jwt')
    const response = await send('issue_read', token)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ clientId: 'machine', scopes: ['mcp:issue:read'] })
    expect(guard.metadata.authorization_servers).toEqual([provider.issuer])
  })

  it('is asked for a step-up as ours is (RS-403-01)', async () => {
    const provider = await start()
    const { send } = await createCaller(provider.issuer)
    const response = await send('issue_create', await provider.issueToken('mcp:issue:read'))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('scope="mcp:issue:create"')
    expect((await send('issue_create', await provider.issueToken('mcp:issue:create'))).status).toBe(200)
  })

  it('may have a path, under which it serves its metadata (RFC 8414 §3.1)', async () => {
    const provider = await start({ path: '/tenants/seven' })
    const { send } = await createCaller(provider.issuer)
    const token = await provider.issueToken('mcp:issue:read')
    expect(decodeJwt(token).iss).toBe(provider.issuer)
    expect((await send('issue_read', token)).status).toBe(200)
  })

  it('is not itself with a slash more: that is another issuer (T-06)', async () => {
    const provider = await start()
    const { send, logged } = await createCaller(`${provider.issuer}/`)
    expect((await send('issue_read', await provider.issueToken('mcp:issue:read'))).status).toBe(503)
    expect(logged).toContain('SALLYPORT_E_ISSUER_UNAVAILABLE')
  })

  it('rotates its keys without a restart of the server, and what the old one signed is dead (RS-TOK-07)', async () => {
    const provider = await start()
    let now = Date.now() / 1000
    const { send, logged } = await createCaller(provider.issuer, { clock: () => now })
    const before = await provider.issueToken('mcp:issue:read')
    expect((await send('issue_read', before)).status).toBe(200)
    await provider.rotateKeys()
    const after = await provider.issueToken('mcp:issue:read')
    // A token by a key that nobody knows makes the guard ask for the keys again.
    now += 31
    expect((await send('issue_read', after)).status).toBe(200)
    expect((await send('issue_read', before)).status).toBe(401)
    expect(logged).toContain('SALLYPORT_E_TOKEN_UNKNOWN_KEY')
  })

  it('that writes typ JWT is refused, until the server says that it accepts that (RS-TOK-03)', async () => {
    const provider = await start({ typ: 'JWT' })
    const token = await provider.issueToken('mcp:issue:read')
    expect(decodeProtectedHeader(token).typ).toBe('JWT')
    const strict = await createCaller(provider.issuer)
    expect((await strict.send('issue_read', token)).status).toBe(401)
    expect(strict.logged).toContain('SALLYPORT_E_TOKEN_TYPE')
    const lenient = await createCaller(provider.issuer, { accept: { typ: ['JWT'] } })
    expect((await lenient.send('issue_read', token)).status).toBe(200)
  })

  it('does not vouch for the tokens of another (RS-TOK-04)', async () => {
    const [ours, foreign] = [await start(), await start()]
    const { send } = await createCaller(ours.issuer)
    expect((await send('issue_read', await foreign.issueToken('mcp:issue:read'))).status).toBe(401)
  })
})
