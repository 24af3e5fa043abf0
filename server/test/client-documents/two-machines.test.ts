import { type Guard, protect } from '@sallyport/resource'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPerson, signIn } from '../people/person.ts'
import { PASSWORD, RESOURCE, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { type Authorization, approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { passTime } from '../setup/state.ts'
import { CALLBACK, CLIENT, documentOf, startWorld, type World } from './world.ts'

// The kit asks for the feed every two seconds; a busy machine takes its time for the rest.
const SOON = { timeout: 20_000, interval: 250 }
const sent = { redirect_uri: CALLBACK }

/** Alice's laptop or her desk: one and the same client_id, a browser and tokens of its own. */
interface Machine {
  readonly server: TestServer
  readonly request: Authorization
  readonly code: string
  readonly accessToken: string
  readonly refreshToken: string
}

let world: World
/** Another process: nothing shared with the first but the database. */
let other: TestServer
/** The MCP server that both machines call. */
let guard: Guard
beforeAll(async () => {
  world = await startWorld()
  world.host.serve(CLIENT, documentOf(CLIENT))
  other = { ...(await world.another()), issuer: world.server.issuer }
  guard = await protect({ issuer: world.server.issuer, resource: RESOURCE, tools: TOOLS, log: () => undefined })
})
afterAll(() => world.close())

let laptop: Machine
let desk: Machine
beforeEach(async () => {
  laptop = await signInOn(world.server)
  desk = await signInOn(other)
})

async function signInOn(server: TestServer): Promise<Machine> {
  const request = authorization(world.server, CLIENT, sent)
  const { code } = await approve(world.server, request)
  const { body } = await redeem(server, request, code, sent)
  return {
    ...{ server, request, code },
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
  }
}

async function call({ accessToken }: Pick<Machine, 'accessToken'>): Promise<number> {
  const request = new Request(RESOURCE, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'issue_read', arguments: {} },
    }),
  })
  return (await guard.handle(request, () => Response.json({}))).status
}

async function refreshOn({ server, refreshToken }: Machine): Promise<string> {
  const { status, body } = await refresh(server, CLIENT, refreshToken)
  return status === 200 ? 'new tokens' : String(body.error)
}

/** What the MCP server and the authorization server answer a machine, until they say what is expected of them. */
async function expectMachine(machine: Machine, expected: { call: number; refresh: string }): Promise<void> {
  await expect.poll(() => call(machine), SOON).toBe(expected.call)
  expect(await refreshOn(machine)).toBe(expected.refresh)
}

const GOES_ON = { call: 200, refresh: 'new tokens' }
const IS_OUT = { call: 401, refresh: 'invalid_grant' }

describe('two machines with one client document', () => {
  it('a refresh token stolen from one and used again ends that one, and the other goes on (I4, A104, A105)', async () => {
    const { body } = await refresh(laptop.server, CLIENT, laptop.refreshToken)
    const current = { ...laptop, refreshToken: String(body.refresh_token) }
    await passTime(world.server, 61)
    expect(await refreshOn({ ...laptop, server: other })).toBe('invalid_grant')
    await expectMachine(current, IS_OUT)
    await expectMachine(desk, GOES_ON)
  }, 60_000)

  it('a code that comes a second time ends what it brought, and the other machine goes on (I1, A86)', async () => {
    expect((await redeem(other, laptop.request, laptop.code, sent)).body.error).toBe('invalid_grant')
    await expectMachine(laptop, IS_OUT)
    await expectMachine(desk, GOES_ON)
  }, 60_000)

  it('the one that was ended comes back through a page, and has no part of what the other holds', async () => {
    await redeem(other, laptop.request, laptop.code, sent)
    const again = await signInOn(world.server)
    await expectMachine(again, GOES_ON)
    await expectMachine(desk, GOES_ON)
  }, 60_000)

  it('both stop when the person takes the app back on one page (I3, AS-RT-07)', async () => {
    expect(await call(laptop)).toBe(200)
    expect(await call(desk)).toBe(200)
    const alice = createPerson(world.server)
    const signInPage = await alice.open(`${world.server.issuer}/account`)
    const account = await alice.submit(signInPage, { login: 'alice', password: PASSWORD })
    await alice.submit(account, { change: 'client', client: fieldOf(account.html, 'client') })
    for (const machine of [laptop, desk]) await expectMachine(machine, IS_OUT)
    const asked = await signIn(createPerson(world.server), authorization(world.server, CLIENT, sent).url)
    expect(asked.html).toContain('Allow Acme IDE to use Demo?')
  }, 60_000)
})
