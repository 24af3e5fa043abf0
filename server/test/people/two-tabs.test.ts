import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, redeem, register } from '../setup/flow.ts'
import { createPerson, decide, signIn } from './person.ts'

const ROUNDS = 20
const READ = 'mcp:issue:read'
const WRITE = 'mcp:issue:create'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const failures = () => server.logged.filter(({ level }) => level === 'error')

async function agreedScopes(clientId: string): Promise<string[]> {
  const statement = { name: 'test agreed', text: 'SELECT scopes FROM consents WHERE client_id = $1' }
  const [row] = await server.store.database.read<{ scopes: object }>(statement, [clientId])
  return Object.keys(row?.scopes ?? {}).sort()
}

describe('two tabs of one browser', () => {
  it(`that consent to different scopes at once lose nothing, ${ROUNDS} times`, async () => {
    const person = createPerson(server)
    await signIn(person, authorization(server, await register(server)).url)
    for (let round = 0; round < ROUNDS; round += 1) {
      const clientId = await register(server)
      const requests = [READ, WRITE].map((scope) => authorization(server, clientId, { scope }))
      const pages = await Promise.all(requests.map(({ url }) => person.open(url)))
      const places = await Promise.all(pages.map((page) => decide(person, page)))
      const tokens = await Promise.all(
        requests.map((request, tab) => redeem(server, request, places[tab]?.callback?.get('code') ?? '')),
      )
      expect(tokens.map(({ status }) => status)).toEqual([200, 200])
      expect(String(tokens[0]?.body.scope).split(' ')).toContain(READ)
      expect(String(tokens[1]?.body.scope).split(' ')).toContain(WRITE)
      expect(await agreedScopes(clientId)).toEqual([WRITE, READ])
    }
    expect(failures()).toEqual([])
    expect((await person.open(authorization(server, await register(server)).url)).url).toMatch(/\/consent$/)
  })

  it('that sign in at once both come to their consent, or to a page that says what to do', async () => {
    for (let round = 0; round < 5; round += 1) {
      const clientId = await register(server)
      const person = createPerson(server)
      const pages = await Promise.all([1, 2].map(() => person.open(authorization(server, clientId).url)))
      const consents = await Promise.all(
        pages.map((page) => person.submit(page, { login: 'alice', password: PASSWORD })),
      )
      const places = await Promise.all(consents.map((page) => decide(person, page)))
      for (const place of places) expect(place.callback?.has('code') ?? place.html.includes('start again')).toBe(true)
      expect(places.some(({ callback }) => callback?.has('code'))).toBe(true)
    }
    expect(failures()).toEqual([])
  })

  it('one after the other: who signed in in the first is not stopped by the sign-in page of the second', async () => {
    const clientId = await register(server)
    const person = createPerson(server)
    const [first, second] = [
      await person.open(authorization(server, clientId).url),
      await person.open(authorization(server, clientId, { scope: WRITE }).url),
    ]
    const consents = [
      await person.submit(first, { login: 'alice', password: PASSWORD }),
      await person.submit(second, { login: 'alice', password: PASSWORD }),
    ]
    for (const page of consents) expect((await decide(person, page)).callback?.has('code')).toBe(true)
    expect(await agreedScopes(clientId)).toEqual([WRITE, READ, 'mcp:repositories:list'])
  })
})
