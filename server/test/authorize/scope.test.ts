import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { approve, authorization, type Decision, redeem, register, signInAndRedeem } from '../setup/flow.ts'
import { push, pushedUrl } from '../setup/push.ts'
import { ask, askAgreed, expectRefusal, expectTaken } from './ask.ts'

const OTHER = 'https://other.example/mcp'
const OTHER_TOOLS = {
  scopes: { 'mcp:wiki:read': { class: 'read', description: 'Read the wiki' } },
  tools: { wiki: { scopes: ['mcp:wiki:read'] } },
}
const PRIVILEGED = 'https://privileged.example/mcp'
const PRIVILEGED_TOOLS = {
  scopes: { ...TOOLS.scopes, 'mcp:secret:rotate': { class: 'admin', description: 'Rotate secrets' } },
  tools: { ...TOOLS.tools, secret_rotate: { scopes: ['mcp:secret:rotate'] } },
}
const INITIAL = 'mcp:repositories:list mcp:issue:read'
const EVERYTHING = `${INITIAL} mcp:issue:create`

let server: TestServer
let clientId: string
beforeAll(async () => {
  const resources = [
    { id: 'other', uri: OTHER, name: 'Other', aliases: [], tools: OTHER_TOOLS },
    { id: 'privileged', uri: PRIVILEGED, name: 'Privileged', aliases: [], tools: PRIVILEGED_TOOLS },
  ]
  server = await startTestServer({ settings: { resources } })
  clientId = await register(server)
})
afterAll(() => server.close())

/** The scope of the answer and of the token, which must be the same. */
async function granted(scope: string | undefined, decision?: Decision): Promise<unknown> {
  const { tokens } = await signInAndRedeem(server, { scope }, decision)
  expect(decodeJwt(String(tokens.body.access_token)).scope).toBe(tokens.body.scope)
  return tokens.body.scope
}

describe('the scope of an authorization request', () => {
  it.each([
    { asked: undefined, gets: INITIAL, because: 'none means the initial ones (AS-AZ-17, T-11)' },
    { asked: '', gets: INITIAL, because: 'an empty one is none' },
    { asked: 'offline_access', gets: INITIAL, because: 'offline_access names nothing of a resource (AS-SC-06)' },
    {
      asked: 'openid email profile',
      gets: INITIAL,
      because: 'scopes of OpenID Connect name nothing of a resource, and mcp-remote has no others (AS-SC-02, T-10)',
    },
    {
      asked: 'openid profile email address phone offline_access',
      gets: INITIAL,
      because: 'all of OpenID Connect together name nothing either',
    },
    { asked: 'mcp:issue:read', gets: 'mcp:issue:read', because: 'no more than asked (AS-SC-01)' },
    { asked: 'mcp:issue:read mcp:issue:read', gets: 'mcp:issue:read', because: 'each once' },
    { asked: 'mcp:issue:read bogus', gets: 'mcp:issue:read', because: 'unknown ones are dropped (AS-SC-02)' },
    {
      asked: 'openid profile email offline_access mcp:issue:read',
      gets: 'mcp:issue:read',
      because: 'clients ask for everything they know of (AS-SC-02, T-09, T-10)',
    },
    { asked: 'mcp:issue:read offline_access', gets: 'mcp:issue:read', because: 'it is never in a token (AS-SC-06)' },
    {
      asked: 'mcp:issue:read mcp:wiki:read',
      gets: 'mcp:issue:read',
      because: 'the other is not of this resource (AS-RES-10, A125)',
    },
    {
      asked: 'mcp:issue:read mcp:branch:delete',
      gets: 'mcp:issue:read',
      because: 'destructive ones are never in a token',
    },
    {
      asked: 'mcp:issue:read mcp:* tools:* admin',
      gets: 'mcp:issue:read',
      because: 'no scope stands for others (A125)',
    },
    {
      asked: `mcp:issue:read ${many(500)}`,
      gets: 'mcp:issue:read',
      because: 'five hundred unknown ones are dropped, too (A125)',
    },
  ])('gets "$gets" for "$asked": $because', async ({ asked, gets }) => {
    expect(await granted(asked)).toBe(gets)
  })

  it('is decided the same when it is pushed: scopes of OpenID Connect alone are none (AS-SC-02, AS-PAR-01)', async () => {
    const request = authorization(server, clientId, { scope: 'openid email profile' })
    const { body } = await push(server, request)
    const { code } = await approve(server, { url: pushedUrl(server, clientId, body.request_uri) })
    const tokens = await redeem(server, request, code)
    expect(tokens.body.scope).toBe(INITIAL)
  })

  it('gets a write scope only when it asks for it and the person ticks it (AS-SC-01)', async () => {
    expect(await granted(EVERYTHING, { scopes: EVERYTHING.split(' ') })).toBe(EVERYTHING)
    expect(await granted(EVERYTHING, { scopes: ['mcp:issue:create'] })).toBe('mcp:issue:create')
  })

  it.each([
    { asked: 'bogus', because: 'nobody knows it' },
    { asked: 'openid bogus', because: 'one that nobody knows was asked for, too' },
    { asked: 'openid mcp:branch:delete', because: 'a destructive one was asked for, too' },
    { asked: 'OPENID', because: 'case counts, also for scopes of OpenID Connect' },
    { asked: 'mcp:wiki:read', because: 'it is of another resource (A125)' },
    { asked: 'mcp:branch:delete', because: 'it is destructive' },
    { asked: 'mcp:*', because: 'no scope stands for others (A125)' },
    { asked: 'MCP:ISSUE:READ', because: 'case counts' },
    { asked: 'mcp:issue:read,mcp:repositories:list', because: 'a comma does not separate' },
    { asked: 'mcp:issue:read"', because: 'a quote is no character of a scope (A125)' },
    { asked: 'mcp:issue:read \\', because: 'a backslash is no character of a scope (A125)' },
    { asked: 'mcp:issue:read\tmcp:issue:create', because: 'a tab does not separate' },
  ])('is refused with invalid_scope when it is $asked: $because (AS-SC-02)', async ({ asked }) => {
    const params = await expectRefusal(server, askAgreed(server, clientId, { scope: asked }), 'invalid_scope')
    expect(params.get('error_code')).toBe('SALLYPORT_E_SCOPE')
  })

  it.each(['mcp:branch:delete', 'mcp:secret:rotate', 'mcp:branch:delete mcp:secret:rotate'])(
    'is refused when only destructive and admin ones remain: %s',
    async (scope) => {
      await expectRefusal(server, askAgreed(server, clientId, { scope, resource: PRIVILEGED }), 'invalid_scope')
      await expectTaken(ask(server, clientId, { scope: `${scope} mcp:issue:read`, resource: PRIVILEGED }))
    },
  )

  it('cannot be decided by the client through the parameter this server decides in', async () => {
    const params = { sallyport_scope_decision: 'mcp:branch:delete' }
    await expectRefusal(server, askAgreed(server, clientId, params), 'invalid_request')
  })
})

describe('a refresh token', () => {
  it.each([
    { grantTypes: ['authorization_code', 'refresh_token'], scope: 'mcp:issue:read', issued: true },
    { grantTypes: undefined, scope: 'mcp:issue:read', issued: true },
    { grantTypes: ['authorization_code'], scope: 'mcp:issue:read', issued: false },
    { grantTypes: ['authorization_code'], scope: 'mcp:issue:read offline_access', issued: true },
  ])('of a client that states $grantTypes and asks for "$scope" is issued: $issued (AS-SC-05)', async (row) => {
    const stated = row.grantTypes === undefined ? {} : { grant_types: row.grantTypes }
    const { tokens } = await signInAndRedeem(server, { scope: row.scope }, {}, stated)
    expect(tokens.status).toBe(200)
    expect(typeof tokens.body.refresh_token === 'string').toBe(row.issued)
    expect(tokens.body.scope).toBe('mcp:issue:read')
  })
})

function many(count: number): string {
  return Array.from({ length: count }, (_, at) => `mcp:none:${at}`).join(' ')
}
