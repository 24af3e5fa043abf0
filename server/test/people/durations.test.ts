import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { boxesOf } from '../setup/browser.ts'
import { type Authorization, authorization, redeem, refresh, register, type TokenAnswer } from '../setup/flow.ts'
import { createPerson, decide, offeredScopes, type Person, signIn } from './person.ts'

const SESSION_SECONDS = 8 * 3_600
const READ = 'mcp:issue:read'
const WRITE = 'mcp:issue:create'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

interface Agreed {
  readonly person: Person
  readonly clientId: string
  readonly request: Authorization
  readonly tokens: TokenAnswer
}

async function agree(choice: { scope: string; duration?: string }, before?: Agreed): Promise<Agreed> {
  const clientId = before?.clientId ?? (await register(server))
  const person = before?.person ?? createPerson(server)
  const request = authorization(server, clientId, { scope: choice.scope })
  const { duration } = choice
  const page = await signIn(person, request.url)
  const { callback } = await decide(person, page, duration === undefined ? {} : { duration })
  const tokens = await redeem(server, request, callback?.get('code') ?? '')
  return { person, clientId, request, tokens }
}

interface Kept {
  readonly duration: string
  readonly endsAt: number | null
}

/** What the consent of a client says of each scope. */
async function consentOf(clientId: string): Promise<Record<string, Kept>> {
  const statement = { name: 'test consent scopes', text: 'SELECT scopes FROM consents WHERE client_id = $1' }
  const [row] = await server.store.database.read<{ scopes: Record<string, Kept> }>(statement, [clientId])
  return row?.scopes ?? {}
}

/** Lets time pass for what a client was allowed. */
async function pass(clientId: string, seconds: number): Promise<void> {
  for (const table of ['consents', 'grants']) {
    const type = table === 'consents' ? 'jsonb' : 'json'
    const text = `UPDATE ${table} SET scopes = (SELECT json_object_agg(key, CASE WHEN value->>'endsAt' IS NULL THEN value
        ELSE jsonb_set(value, '{endsAt}', to_jsonb((value->>'endsAt')::bigint - $2::bigint)) END)::${type}
      FROM jsonb_each(scopes::jsonb)) WHERE client_id = $1`
    await server.store.database.write({ name: `test pass ${table}`, text }, [clientId, seconds])
  }
  const ends = `UPDATE grants SET expires_at = expires_at - make_interval(secs => $2) WHERE client_id = $1`
  await server.store.database.write({ name: 'test pass ends', text: ends }, [clientId, seconds])
}

const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

describe('how long a permission lasts', () => {
  it('once: one access token, no refresh token', async () => {
    const { tokens, clientId } = await agree({ scope: READ, duration: 'once' })
    expect(tokens).toMatchObject({ status: 200, body: { scope: READ } })
    expect(tokens.body.refresh_token).toBeUndefined()
    expect(Number(tokens.body.expires_in)).toBeLessThanOrEqual(600)
    expect(Object.values(await consentOf(clientId))).toMatchObject([{ duration: 'once' }])
  })

  it('once: a second authorization asks for the same again', async () => {
    const first = await agree({ scope: READ, duration: 'once' })
    const page = await first.person.open(authorization(server, first.clientId, { scope: READ }).url)
    expect(offeredScopes(page.html)).toEqual([READ])
  })

  it('once: what has ended is not kept in the consent', async () => {
    const first = await agree({ scope: READ, duration: 'once' })
    await pass(first.clientId, 3_600)
    await agree({ scope: READ, duration: 'until_revoked' }, first)
    expect(await consentOf(first.clientId)).toMatchObject({ [READ]: { duration: 'until_revoked' } })
    expect(Object.keys(await consentOf(first.clientId))).toEqual([READ])
  })

  it('once for one more permission: the refresh token that is there anyway does not carry it', async () => {
    const base = await agree({ scope: READ, duration: 'until_revoked' })
    const raised = await agree({ scope: `${READ} ${WRITE}`, duration: 'once' }, base)
    expect(raised.tokens.body).toMatchObject({ scope: `${READ} ${WRITE}` })
    const again = await refresh(server, raised.clientId, String(raised.tokens.body.refresh_token))
    expect(again).toMatchObject({ status: 200, body: { scope: READ } })
  })

  it('once in a tab does not take from another tab what it was given for longer', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const first = authorization(server, clientId, { scope: READ })
    const [one, two] = [
      await signIn(person, first.url),
      await person.open(authorization(server, clientId, { scope: READ }).url),
    ]
    await decide(person, one, { duration: 'until_revoked' })
    await decide(person, two, { duration: 'once' })
    const page = await person.open(first.url)
    expect(offeredScopes(page.html)).toEqual([])
  })

  it('session: eight hours, and the refresh family ends with it', async () => {
    const { tokens, clientId, person } = await agree({ scope: READ, duration: 'session' })
    const end = (await consentOf(clientId))[READ]?.endsAt ?? 0
    expect(Math.abs(end - soon(SESSION_SECONDS))).toBeLessThan(10)
    const statement = {
      name: 'test grant end',
      text: 'SELECT extract(epoch FROM expires_at)::int AS end FROM grants WHERE client_id = $1',
    }
    expect(await server.store.database.read(statement, [clientId])).toEqual([{ end }])
    await pass(clientId, SESSION_SECONDS)
    const late = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect(late).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const page = await person.open(authorization(server, clientId, { scope: READ }).url)
    expect(offeredScopes(page.html)).toEqual([READ])
  })

  it('until revoked: no end, and nothing new to ask for', async () => {
    const { clientId, person } = await agree({ scope: READ, duration: 'until_revoked' })
    expect((await consentOf(clientId))[READ]).toMatchObject({ duration: 'until_revoked', endsAt: null })
    await pass(clientId, 10 * SESSION_SECONDS)
    const page = await person.open(authorization(server, clientId, { scope: READ }).url)
    expect(offeredScopes(page.html)).toEqual([])
  })

  it('until revoked is cut to the session where the class says so, beside one that lasts', async () => {
    const { clientId, tokens } = await agree({ scope: `${READ} ${WRITE}`, duration: 'until_revoked' })
    const kept = await consentOf(clientId)
    expect(kept[READ]).toMatchObject({ duration: 'until_revoked', endsAt: null })
    expect(kept[WRITE]).toMatchObject({ duration: 'session' })
    expect(tokens.body.expires_in).toBe(300)
    await pass(clientId, SESSION_SECONDS)
    const later = await refresh(server, clientId, String(tokens.body.refresh_token))
    expect(later).toMatchObject({ status: 200, body: { scope: READ } })
  })

  it('a form without duration means the one that came preselected', async () => {
    const lasting = await agree({ scope: READ })
    expect((await consentOf(lasting.clientId))[READ]).toMatchObject({ duration: 'until_revoked' })
    const raised = await agree({ scope: WRITE })
    expect((await consentOf(raised.clientId))[WRITE]).toMatchObject({ duration: 'session' })
  })

  it('a duration that does not exist means the one that came preselected', async () => {
    const { clientId } = await agree({ scope: READ, duration: 'for-ever' })
    expect((await consentOf(clientId))[READ]).toMatchObject({ duration: 'until_revoked' })
  })

  it('the page offers no duration that nothing on it could have', async () => {
    const url = authorization(server, await register(server), { scope: WRITE }).url
    const page = await signIn(createPerson(server), url)
    expect(boxesOf(page.html, 'duration')).toEqual([
      { value: 'once', checked: false },
      { value: 'session', checked: true },
    ])
  })
})
