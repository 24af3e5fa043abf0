import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as password from '../../src/store/password.ts'
import { hashPassword } from '../../src/store/password.ts'
import { createPerson, type Person } from '../people/person.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { addPasskey, askedBy, beginAdding, change, listed, openAccount, optionsOf, reasons, save } from './account.ts'
import { type Authenticator, createAuthenticator, type Deviation } from './authenticator.ts'

vi.mock('../../src/store/password.ts', async (original) => ({
  ...(await original<typeof password>()),
  // As the real one, in no time.
  verifyPassword: async (typed: string, hash: string | undefined) => hash !== undefined && typed === PASSWORD,
}))

let server: TestServer
let alice: Person
let device: Authenticator
beforeAll(async () => {
  server = await startTestServer({ host: 'localhost' })
  await server.store.accounts.add({ login: 'bob', name: 'Bob', passwordHash: await hashPassword(PASSWORD) })
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.store.passkeys.removeOf('alice', undefined)
  await server.store.passkeys.removeOf('bob', undefined)
  alice = createPerson(server)
  device = createAuthenticator(server.origin)
  server.logged.length = 0
})

const owned = async (login = 'alice') => (await server.store.passkeys.listOf(login)) ?? []

describe('adding a passkey', () => {
  it('asks for the password first, then for a name, and shows it in the list', async () => {
    const account = await openAccount(server, alice)
    const confirm = await change(server, alice, account, { change: 'add-passkey' })
    expect(confirm.html).toContain('Show that it is you')
    expect(optionsOf(confirm.html)).toBeUndefined()
    const page = await change(server, alice, confirm, { change: 'add-passkey', password: PASSWORD })
    const saved = await save(server, alice, page, device, { name: 'My  \u202ephone' })
    expect(saved.url).toBe(`${server.issuer}/account`)
    expect(await owned()).toMatchObject([
      { credentialId: device.credentialId, name: 'My phone', suspendedAt: undefined },
    ])
    expect(saved.html).toContain('<bdi>My phone</bdi>')
  })

  it('adds nothing after a wrong password, and says so', async () => {
    const account = await openAccount(server, alice)
    const again = await change(server, alice, account, { change: 'add-passkey', password: 'wrong' })
    expect([again.status, optionsOf(again.html)]).toEqual([401, undefined])
    expect(again.html).toContain('That is not your current password. Nothing was changed.')
  })

  it('asks whoever has a passkey for one of theirs: the password alone adds no second', async () => {
    await addPasskey(server, alice, device)
    const confirm = await change(server, alice, await openAccount(server, alice), { change: 'add-passkey' })
    expect(confirm.html).not.toContain('type="password"')
    expect(JSON.parse(askedBy(confirm)).allowCredentials).toEqual([
      { id: device.credentialId, type: 'public-key', transports: ['internal'] },
    ])
    const byPassword = await change(server, alice, confirm, { change: 'add-passkey', password: PASSWORD })
    expect(byPassword.html).toContain('Show that it is you')
    const second = createAuthenticator(server.origin)
    await addPasskey(server, alice, second, device)
    expect((await owned()).map(({ credentialId }) => credentialId)).toEqual([device.credentialId, second.credentialId])
  })

  it('adds no first passkey by a page that was opened before there was one', async () => {
    const [early, late] = [await beginAdding(server, alice), await beginAdding(server, createPersonOf(alice))]
    await save(server, alice, late, device)
    const refused = await save(server, alice, early, createAuthenticator(server.origin))
    expect(refused.status).toBe(400)
    expect(await owned()).toHaveLength(1)
    expect(reasons(server)).toEqual(['refused'])
  })

  const createPersonOf = (person: Person): Person => createPerson(server, person.browser)

  it('takes no passkey that somebody else has', async () => {
    await addPasskey(server, alice, device)
    const bob = createPerson(server)
    const place = await bob.open(`${server.issuer}/account`)
    await bob.submit(place, { login: 'bob', password: PASSWORD })
    const page = await beginAdding(server, bob)
    const { credentialId } = device
    const refused = await save(server, bob, page, createAuthenticator(server.origin), { deviation: { credentialId } })
    expect([refused.status, await owned('bob'), reasons(server)]).toEqual([400, [], ['refused']])
    expect(await owned('alice')).toHaveLength(1)
  })

  it('takes a challenge once', async () => {
    const page = await beginAdding(server, alice)
    const first = device.create(askedBy(page))
    const fields = { change: 'save-passkey', name: 'x', credential: first }
    await change(server, alice, page, fields)
    const again = await change(server, alice, page, fields)
    expect([again.status, reasons(server)]).toEqual([400, ['challenge-used']])
    expect(await owned()).toHaveLength(1)
  })

  it('takes no challenge of another browser, nor one that was made for signing in', async () => {
    const elsewhere = createPerson(server)
    const theirs = await beginAdding(server, elsewhere)
    const mine = await beginAdding(server, alice)
    const challenges = [
      JSON.parse(askedBy(theirs)).challenge,
      JSON.parse(askedBy(await createPerson(server).open(`${server.issuer}/account`))).challenge,
    ]
    for (const challenge of challenges) {
      const refused = await save(server, alice, mine, device, { deviation: { challenge } })
      expect(refused.status).toBe(400)
    }
    expect(reasons(server)).toEqual(['challenge', 'challenge'])
    expect(await owned()).toEqual([])
  })

  const wrong: readonly { readonly what: string; readonly deviation: Deviation; readonly why: string }[] = [
    { what: 'made on another origin', deviation: { origin: 'http://localhost:1' }, why: 'not-verified' },
    { what: 'made for another relying party', deviation: { rpId: 'evil.example' }, why: 'not-verified' },
    { what: 'made without knowing the person', deviation: { userVerified: false }, why: 'not-verified' },
    { what: 'made as if for signing in', deviation: { type: 'webauthn.get' }, why: 'not-verified' },
    { what: 'made in a frame of another site', deviation: { crossOrigin: true }, why: 'malformed' },
    {
      what: 'vouched for by certificates, which the library would look up',
      deviation: { attestation: { fmt: 'packed', x5c: Buffer.from('certificate') } },
      why: 'attestation',
    },
    {
      what: 'in a format nobody asked for',
      deviation: { attestation: { fmt: 'apple', x5c: Buffer.from('certificate') } },
      why: 'attestation',
    },
  ]
  it.each(wrong)('takes no passkey $what', async ({ deviation, why }) => {
    const refused = await save(server, alice, await beginAdding(server, alice), device, { deviation })
    expect(refused.status).toBe(400)
    expect(refused.html).toContain('The passkey was not added. Try once more.')
    expect([await owned(), reasons(server)]).toEqual([[], [why]])
  })

  it('takes nothing that is not of its page', async () => {
    const page = await beginAdding(server, alice)
    const credential = device.create(askedBy(page))
    const fields = { csrf: 'x', change: 'save-passkey', name: 'x', credential }
    expect((await alice.post(`${server.issuer}/account`, fields)).status).toBe(403)
    expect(await owned()).toEqual([])
  })

  it('writes down that one was added, without its key', async () => {
    await addPasskey(server, alice, device)
    const events = await server.store.database.read<{ detail: object }>(
      {
        name: 'test passkey events',
        text: `SELECT detail FROM audit_events WHERE type = 'passkey.added' ORDER BY at DESC`,
      },
      [],
    )
    expect(events[0]?.detail).toEqual({ passkey: (await owned())[0]?.id })
  })
})

describe('removing a passkey', () => {
  it('asks for one first, and signs out the other browsers that signed in by one', async () => {
    await addPasskey(server, alice, device)
    const [elsewhere, byPassword] = [createPerson(server), createPerson(server)]
    await openAccount(server, elsewhere, device)
    await openAccount(server, byPassword)
    const account = await openAccount(server, alice)
    const [passkey = ''] = listed(account.html)
    const confirm = await change(server, alice, account, { change: 'remove-passkey', passkey })
    expect(confirm.html).toContain('Before the passkey <bdi>Telephone</bdi> is removed')
    expect(await owned()).toHaveLength(1)
    const credential = device.get(askedBy(confirm))
    const done = await change(server, alice, confirm, { change: 'remove-passkey', passkey, credential })
    expect(done.url).toBe(`${server.issuer}/account`)
    expect([await owned(), listed(done.html)]).toEqual([[], []])
    expect((await elsewhere.open(`${server.issuer}/account`)).url).toMatch(/sign-in$/)
    expect((await byPassword.open(`${server.issuer}/account`)).url).toMatch(/\/account$/)
  })

  it('takes a signature for one change alone', async () => {
    await addPasskey(server, alice, device)
    const account = await openAccount(server, alice)
    const [passkey = ''] = listed(account.html)
    const adding = await change(server, alice, account, { change: 'add-passkey' })
    const credential = device.get(askedBy(adding))
    const refused = await change(server, alice, adding, { change: 'remove-passkey', passkey, credential })
    expect([refused.status, reasons(server)]).toEqual([401, ['challenge']])
    expect(await owned()).toHaveLength(1)
  })

  it("removes nobody else's", async () => {
    const bob = createPerson(server)
    await bob.submit(await bob.open(`${server.issuer}/account`), { login: 'bob', password: PASSWORD })
    await addPasskey(server, bob, device)
    const [theirs] = await owned('bob')
    const account = await openAccount(server, alice)
    await change(server, alice, account, { change: 'remove-passkey', passkey: theirs?.id ?? '', password: PASSWORD })
    expect(await owned('bob')).toHaveLength(1)
  })
})

describe('at an issuer whose host is an IP address', () => {
  it('the account page says why there are no passkeys, the sign-in page has none, and none can be added', async () => {
    const plain = await startTestServer()
    try {
      const person = createPerson(plain)
      const signIn = await person.open(`${plain.issuer}/account`)
      expect([optionsOf(signIn.html), signIn.html.includes('<script')]).toEqual([undefined, false])
      expect(signIn.headers.get('content-security-policy')).not.toContain('script-src')
      const account = await person.submit(signIn, { login: 'alice', password: PASSWORD })
      expect(account.html).toContain('There are no passkeys here: the address of this server is an IP address')
      const asked = await change(plain, person, account, { change: 'add-passkey', password: PASSWORD })
      expect([asked.url, optionsOf(asked.html)]).toEqual([`${plain.issuer}/account`, undefined])
    } finally {
      await plain.close()
    }
  })
})
