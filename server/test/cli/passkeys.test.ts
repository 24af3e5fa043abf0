import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addPasskey, openAccount } from '../passkeys/account.ts'
import { type Authenticator, createAuthenticator } from '../passkeys/authenticator.ts'
import { createPerson } from '../people/person.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type RunOptions, run } from './fake-terminal.ts'

let server: TestServer
let devices: Authenticator[]
beforeAll(async () => {
  server = await startTestServer({ host: 'localhost' })
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.store.passkeys.removeOf('alice', undefined)
  const person = createPerson(server)
  devices = [createAuthenticator(server.origin), createAuthenticator(server.origin)]
  await openAccount(server, person)
  const [first, second] = devices
  if (first === undefined || second === undefined) return
  await addPasskey(server, person, first)
  await addPasskey(server, person, second, first)
})

const sallyport = (args: readonly string[], options: RunOptions = {}) =>
  run(['passkeys', ...args], { env: { DATABASE_URL: server.databaseUrl }, ...options })

const idsOf = async (): Promise<string[]> => {
  const { passkeys }: { passkeys: { id: string }[] } = JSON.parse((await sallyport(['list', 'alice'])).stdout)
  return passkeys.map(({ id }) => id)
}

describe('sallyport passkeys list', () => {
  it('shows what a person has, without keys', async () => {
    const { passkeys } = JSON.parse((await sallyport(['list', 'ALICE'])).stdout)
    const one = { id: expect.any(String), name: 'Telephone', createdAt: expect.any(String), suspendedAt: null }
    expect(passkeys).toEqual([
      { ...one, lastUsedAt: expect.any(String) },
      { ...one, lastUsedAt: null },
    ])
  })

  it('is a table for people', async () => {
    const { stdout } = await sallyport(['list', 'alice'], { stdoutIsTerminal: true })
    expect(stdout).toMatch(/^ID +NAME +ADDED +LAST USED +STATE\n/)
    expect(stdout).toMatch(/Telephone +\d{4}-\d\d-\d\d +never +active/)
  })

  it('knows nobody that there is not', async () => {
    expect(await sallyport(['list', 'mallory'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no user') })
  })
})

describe('sallyport passkeys remove', () => {
  it('removes one by its id, and signs out the browsers that signed in by one', async () => {
    const person = createPerson(server)
    const [, second] = devices
    expect((await openAccount(server, person, second)).url).toMatch(/\/account$/)
    const [first = '', other] = await idsOf()
    expect(await sallyport(['remove', 'alice', '--id', first])).toMatchObject({ code: 0 })
    expect(await idsOf()).toEqual([other])
    expect((await person.open(`${server.issuer}/account`)).url).toMatch(/sign-in$/)
    expect(await sallyport(['remove', 'alice', '--id', first])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`alice has no passkey ${first}`),
    })
  })

  it('removes all, says how many, and is content with none', async () => {
    const removed = await sallyport(['remove', 'alice'])
    expect([removed.code, removed.stdout + removed.stderr]).toEqual([
      0,
      expect.stringContaining('2 passkeys of alice removed'),
    ])
    expect(await idsOf()).toEqual([])
    expect((await sallyport(['remove', 'alice'])).code).toBe(0)
    expect((await sallyport(['remove', 'mallory'])).code).toBe(1)
  })
})
