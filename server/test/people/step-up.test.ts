import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { REGISTRY_AGE_MS } from '../../src/store/resource-registry.ts'
import { textOf } from '../pages/markup.ts'
import { startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { type Authorization, authorization, redeem, refresh, register, type TokenAnswer } from '../setup/flow.ts'
import { passTime, query } from '../setup/state.ts'
import { createPerson, decide, offeredScopes, type Person, type Place, signIn } from './person.ts'

const HOUR = 3_600
const READ = 'mcp:issue:read'
const WRITE = 'mcp:issue:create'
const FETCH = 'mcp:url:fetch'
const DELETE = 'mcp:branch:delete'

const WITH_FETCH = {
  scopes: { ...TOOLS.scopes, [FETCH]: { class: 'external-network', description: 'Fetch pages' } },
  tools: { ...TOOLS.tools, url_fetch: { scopes: [FETCH] } },
}

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await query(server, `UPDATE resources SET tools = $1 WHERE id = 'demo'`, [JSON.stringify(WITH_FETCH)])
})
afterAll(() => server.close())

/** A person, the client they use, and what the client holds. */
interface Connection {
  readonly person: Person
  readonly clientId: string
  readonly tokens: TokenAnswer
}

async function connect(scope = READ, choice: Parameters<typeof decide>[2] = {}): Promise<Connection> {
  const clientId = await register(server)
  const person = createPerson(server)
  const { request, page } = await askFor({ person, clientId }, scope)
  return { person, clientId, tokens: await tokensOf(request, await decide(person, page, choice)) }
}

/** The client answers a 403: a new authorization for these scopes. */
async function askFor(
  { person, clientId }: Pick<Connection, 'person' | 'clientId'>,
  scope: string,
): Promise<{ request: Authorization; page: Place }> {
  const request = authorization(server, clientId, { scope })
  return { request, page: await signIn(person, request.url) }
}

const tokensOf = (request: Authorization, place: Place): Promise<TokenAnswer> =>
  redeem(server, request, place.callback?.get('code') ?? '')

async function stepUp(
  connection: Connection,
  scope: string,
  choice: Parameters<typeof decide>[2] = {},
): Promise<TokenAnswer> {
  const { request, page } = await askFor(connection, scope)
  return tokensOf(request, await decide(connection.person, page, choice))
}

const sorted = (scope: unknown): string[] => String(scope).split(' ').sort()

/** What answer and token say, which must be the same. */
function scopesOf({ status, body }: TokenAnswer): string[] {
  expect(status).toBe(200)
  expect(decodeJwt(String(body.access_token)).scope).toBe(body.scope)
  return sorted(body.scope)
}

const refreshed = ({ clientId }: Connection, { body }: TokenAnswer): Promise<TokenAnswer> =>
  refresh(server, clientId, String(body.refresh_token))

describe('a step-up', () => {
  it('shows the new scope alone, keeps the union, and the token says so (AS-SC-01, AS-SC-03, AS-CON-10, A126)', async () => {
    const connection = await connect()
    const { request, page } = await askFor(connection, `${READ} ${WRITE}`)
    expect(offeredScopes(page.html)).toEqual([WRITE])
    expect(textOf(page.html)).toContain('Already allowed (1)')
    const raised = await tokensOf(request, await decide(connection.person, page))
    expect(scopesOf(raised)).toEqual([WRITE, READ])
    expect(scopesOf(await refreshed(connection, raised))).toEqual([WRITE, READ])
  })

  it('that is refused goes back as access_denied with iss and state, and what the client holds goes on (AS-SC-08)', async () => {
    const connection = await connect()
    const { request, page } = await askFor(connection, `${READ} ${WRITE}`)
    const { callback } = await decide(connection.person, page, { decision: 'deny' })
    expect(callback && Object.fromEntries(callback)).toMatchObject({
      error: 'access_denied',
      iss: server.issuer,
      state: request.state,
    })
    expect(callback?.has('code')).toBe(false)
    const next = await refreshed(connection, connection.tokens)
    expect(scopesOf(next)).toEqual([READ])
    expect(decodeJwt(String(next.body.access_token)).gid).toBe(
      decodeJwt(String(connection.tokens.body.access_token)).gid,
    )
    const again = await askFor(connection, READ)
    expect(offeredScopes(again.page.html)).toEqual([])
  })

  it('for two of which one is declined brings the other, and asks for the declined one again only when asked (AS-CON-09)', async () => {
    const connection = await connect()
    const raised = await stepUp(connection, `${READ} ${WRITE} ${FETCH}`, { scopes: [FETCH] })
    expect(scopesOf(raised)).toEqual([READ, FETCH])
    const narrower = await askFor(connection, `${READ} ${FETCH}`)
    expect(offeredScopes(narrower.page.html)).toEqual([])
    const { page } = await askFor(connection, `${READ} ${WRITE} ${FETCH}`)
    expect(offeredScopes(page.html)).toEqual([WRITE])
  })

  it('with nothing ticked keeps what was there: the answer is what was allowed before, and scope says so (AS-SC-01)', async () => {
    const connection = await connect()
    expect(scopesOf(await stepUp(connection, `${READ} ${WRITE}`, { scopes: [] }))).toEqual([READ])
  })

  it('leaves what the client held before as it was: the old refresh token does not grow (AS-SC-04, A109)', async () => {
    const connection = await connect()
    await stepUp(connection, `${READ} ${WRITE}`)
    expect(scopesOf(await refreshed(connection, connection.tokens))).toEqual([READ])
  })

  it('to a destructive scope shows nothing of it, and never loops: what remains passes as before', async () => {
    const connection = await connect()
    const { request, page } = await askFor(connection, `${READ} ${DELETE}`)
    expect([offeredScopes(page.html), page.html.includes('Delete branches')]).toEqual([[], false])
    expect(scopesOf(await tokensOf(request, await decide(connection.person, page)))).toEqual([READ])
    const { callback } = await connection.person.open(authorization(server, connection.clientId, { scope: DELETE }).url)
    expect(callback?.get('error')).toBe('invalid_scope')
  })
})

describe('an elevation ends', () => {
  it('with this access token when it was for once, and the base goes on', async () => {
    const connection = await connect()
    const raised = await stepUp(connection, `${READ} ${WRITE}`, { duration: 'once' })
    expect(scopesOf(raised)).toEqual([WRITE, READ])
    expect(Number(raised.body.expires_in)).toBeLessThanOrEqual(300)
    expect(scopesOf(await refreshed(connection, raised))).toEqual([READ])
    expect(offeredScopes((await askFor(connection, `${READ} ${WRITE}`)).page.html)).toEqual([WRITE])
  })

  it('eight hours after the person said so, however often the client came back in between', async () => {
    const connection = await connect()
    await stepUp(connection, `${READ} ${WRITE}`)
    await passTime(server, 5 * HOUR)
    const second = await stepUp(connection, `${READ} ${WRITE}`)
    expect(scopesOf(second)).toEqual([WRITE, READ])
    await passTime(server, 3 * HOUR + 1)
    const later = await refreshed(connection, second)
    expect(scopesOf(later)).toEqual([READ])
    expect(offeredScopes((await askFor(connection, `${READ} ${WRITE}`)).page.html)).toEqual([WRITE])
  })

  it('and is asked for anew: then it lasts another eight hours, beside the same base', async () => {
    const connection = await connect()
    await stepUp(connection, `${READ} ${WRITE}`)
    await passTime(server, 8 * HOUR + 1)
    const anew = await stepUp(connection, `${READ} ${WRITE}`)
    await passTime(server, 7 * HOUR)
    const during = await refreshed(connection, anew)
    expect(scopesOf(during)).toEqual([WRITE, READ])
    await passTime(server, HOUR + 1)
    expect(scopesOf(await refreshed(connection, during))).toEqual([READ])
  })

  it('with the base when that was for a session, both at once, and its refresh family with them', async () => {
    const connection = await connect(`${READ} ${WRITE}`, { duration: 'session' })
    await passTime(server, 8 * HOUR + 1)
    expect(await refreshed(connection, connection.tokens)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })
})

describe('what the operator changes in the tools file counts at once', () => {
  afterEach(() => changeTools({}))

  /** Other rules for some scopes, known to the server when this returns. */
  async function changeTools(changes: Record<string, object | undefined>): Promise<void> {
    const scopes = Object.fromEntries(
      Object.entries({ ...WITH_FETCH.scopes, ...changes }).filter(([, value]) => value !== undefined),
    )
    const tools = Object.fromEntries(
      Object.entries(WITH_FETCH.tools).filter(([, { scopes: needed }]) => needed.every((scope) => scope in scopes)),
    )
    await query(server, `UPDATE resources SET tools = $1 WHERE id = 'demo'`, [JSON.stringify({ scopes, tools })])
    await new Promise((resolve) => setTimeout(resolve, REGISTRY_AGE_MS + 50))
  }

  it('a scope that became destructive is in no token any more (AS-SC-03)', async () => {
    const connection = await connect(`mcp:repositories:list ${READ}`)
    await changeTools({ [READ]: { class: 'destructive', description: 'Read issues' } })
    expect(scopesOf(await refreshed(connection, connection.tokens))).toEqual(['mcp:repositories:list'])
  })

  it('with nothing left a code brings no token', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const { request, page } = await askFor({ person, clientId }, READ)
    const place = await decide(person, page)
    await changeTools({ [READ]: { class: 'admin', description: 'Read issues' } })
    expect(await tokensOf(request, place)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('with nothing left a refresh token brings no token, is not used up, and works again when the rules are back', async () => {
    const connection = await connect(READ)
    await changeTools({ [READ]: { class: 'admin', description: 'Read issues' } })
    const refused = await refreshed(connection, connection.tokens)
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(refused.body).not.toHaveProperty('access_token')
    await changeTools({})
    expect(scopesOf(await refreshed(connection, connection.tokens))).toEqual([READ])
  })

  it('a scope that is gone is in no token any more', async () => {
    const connection = await connect(`mcp:repositories:list ${READ}`)
    await changeTools({ [READ]: undefined })
    expect(scopesOf(await refreshed(connection, connection.tokens))).toEqual(['mcp:repositories:list'])
  })

  it('reading that became writing is asked for anew, goes along to no new machine, and leaves the refresh token', async () => {
    const connection = await connect(`mcp:repositories:list ${READ}`)
    await changeTools({ [READ]: { class: 'write', description: 'Read issues and mark them as read' } })
    expect(scopesOf(await refreshed(connection, connection.tokens))).toEqual(['mcp:repositories:list'])
    const elsewhere = { person: createPerson(server), clientId: connection.clientId }
    const silent = await askFor(elsewhere, 'mcp:repositories:list')
    const tokens = await tokensOf(silent.request, await decide(elsewhere.person, silent.page))
    expect(scopesOf(tokens)).toEqual(['mcp:repositories:list'])
    expect(offeredScopes((await askFor(connection, `mcp:repositories:list ${READ}`)).page.html)).toEqual([READ])
  })

  it('writing that may last for a session only ends for those who were told "until I take it back"', async () => {
    await changeTools({ [WRITE]: { class: 'write', description: 'Create issues', longest: 'until_revoked' } })
    const connection = await connect(`${READ} ${WRITE}`, { duration: 'until_revoked' })
    await passTime(server, 9 * HOUR)
    const during = await refreshed(connection, connection.tokens)
    expect(scopesOf(during)).toEqual([WRITE, READ])
    await changeTools({})
    expect(scopesOf(await refreshed(connection, during))).toEqual([READ])
  })
})
