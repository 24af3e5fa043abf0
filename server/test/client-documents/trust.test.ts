import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectPage } from '../authorize/ask.ts'
import { textOf } from '../pages/markup.ts'
import { createPerson, decide, type Person, type Place, signIn } from '../people/person.ts'
import { DOCUMENTS_OF_ALL, type TestServer } from '../setup/authorization-server.ts'
import { authorization, tokenRequest } from '../setup/flow.ts'
import { CALLBACK, CLIENT, documentOf, refusalsIn, startWorld, type World } from './world.ts'

const LOOPBACK = 'http://localhost/callback'
const ELSEWHERE = 'https://app.client.example/callback'
const STRANGER = 'https://other.example/app.json'
const sent = { redirect_uri: CALLBACK }
const NOBODY_VOUCHES = 'an address nobody vouched for'

let world: World
let trusting: TestServer
beforeAll(async () => {
  world = await startWorld()
  trusting = await world.another({
    settings: { clientDocuments: { ...DOCUMENTS_OF_ALL, trustedHosts: ['client.example'] } },
  })
  world.host.serve(CLIENT, documentOf(CLIENT, { redirect_uris: [CALLBACK, ELSEWHERE, LOOPBACK] }))
  world.host.serve(STRANGER, documentOf(STRANGER))
})
afterAll(() => world.close())

/** Signed in, and agreed to once. */
async function agreed(server: TestServer, clientId: string, redirect = CALLBACK): Promise<Person> {
  const person = createPerson(server)
  const place = await signIn(person, authorization(server, clientId, { redirect_uri: redirect }).url)
  // Who has agreed in another browser is not asked again in this one.
  const { callback } = place.callback === undefined ? await decide(person, place) : place
  expect(callback?.get('code')).toBeTruthy()
  return person
}

const again = (
  server: TestServer,
  person: Person,
  clientId: string,
  overrides: Record<string, string | undefined>,
): Promise<Place> => person.open(authorization(server, clientId, overrides).url)

describe('a client of a host that the operator trusts', () => {
  it('AS-CON-11: passes without a page where the person has agreed before', async () => {
    const person = await agreed(trusting, CLIENT)
    expect((await again(trusting, person, CLIENT, sent)).callback?.get('code')).toBeTruthy()
  })

  it.each([
    {
      what: 'it answers to a program on this machine (AS-CON-08, A82)',
      overrides: { redirect_uri: 'http://localhost:51234/callback' },
    },
    { what: 'it answers to a site the person has not seen', overrides: { redirect_uri: ELSEWHERE } },
    { what: 'it does not say which server it wants', overrides: { redirect_uri: CALLBACK, resource: undefined } },
  ])('still gets a page where $what', async ({ overrides }) => {
    const person = await agreed(trusting, CLIENT)
    expect((await again(trusting, person, CLIENT, overrides)).callback).toBeUndefined()
  })

  it('is no stranger on the page about an error, where the same client is one at a server that does not trust it (A15)', async () => {
    const wrong = { ...sent, scope: 'nothing' }
    expect(await expectPage(ask(trusting, CLIENT, wrong), 'invalid_scope')).not.toContain(NOBODY_VOUCHES)
    expect(await expectPage(ask(world.server, CLIENT, wrong), 'invalid_scope')).toContain(NOBODY_VOUCHES)
  })

  it('is of exactly that host: one below it is a stranger', async () => {
    const url = 'https://app.client.example/app.json'
    world.host.serve(url, documentOf(url))
    const html = await expectPage(ask(trusting, url, { ...sent, scope: 'nothing' }), 'invalid_scope')
    expect(html).toContain(NOBODY_VOUCHES)
  })
})

describe('the page about a client that is a document', () => {
  const pageOf = async (redirect: string, url = CLIENT): Promise<string> => {
    const { html } = await signIn(
      createPerson(world.server),
      authorization(world.server, url, { redirect_uri: redirect }).url,
    )
    return html
  }

  it('AS-CON-02, A82: asks whether the person started it where the answer stays on this machine', async () => {
    const text = textOf(await pageOf('http://localhost:51234/callback'))
    expect(text).toContain('localhost:51234, a program on this computer')
    expect(text).toContain('Did you start this from Acme IDE just now?')
  })

  it('A85: warns where the answer goes to another site than the document came from', async () => {
    expect(textOf(await pageOf(ELSEWHERE))).toContain('The answer goes to app.client.example, not to client.example.')
    expect(textOf(await pageOf(CALLBACK))).not.toContain('The answer goes to')
  })

  it('A83, A84, AS-CIMD-14: shows what the document says as text and loads nothing that it names', async () => {
    const url = 'https://client.example/hostile.json'
    const client_name = '<img src=x onerror=alert(1)>\u202eedualC \u2713 verified\u200b'
    world.host.serve(
      url,
      documentOf(url, { client_name, logo_uri: 'https://other.example/l.svg', client_uri: 'javascript:1' }),
    )
    const html = await pageOf(CALLBACK, url)
    expect(html).not.toMatch(/<img|other\.example|javascript:|\u202e|\u200b/)
    expect(textOf(html)).toContain('<img src=x onerror=alert(1)>')
  })
})

describe('the mode of client documents', () => {
  it('"off" takes none, fetches none and says so in the metadata (AS-DISC-07)', async () => {
    const off = await world.another({
      settings: { clientDocuments: { ...DOCUMENTS_OF_ALL, mode: 'off', trustedHosts: ['client.example'] } },
    })
    const connections = world.host.connections()
    expect(await ask(off, CLIENT, sent)).toMatchObject({ kind: 'page', status: 400 })
    expect(
      await tokenRequest(off, { grant_type: 'refresh_token', client_id: CLIENT, refresh_token: 'x' }),
    ).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect(world.host.connections()).toBe(connections)
    expect(await metadataOf(off)).not.toHaveProperty('client_id_metadata_document_supported')
  })

  it('"trusted" takes those of the trusted hosts alone', async () => {
    const trusted = await world.another({
      settings: { clientDocuments: { ...DOCUMENTS_OF_ALL, mode: 'trusted', trustedHosts: ['client.example'] } },
    })
    expect(await ask(trusted, CLIENT, sent)).toMatchObject({ kind: 'interaction' })
    const connections = world.host.connections()
    expect(await ask(trusted, STRANGER, sent)).toMatchObject({ kind: 'page', status: 400 })
    expect(world.host.connections()).toBe(connections)
    expect(refusalsIn(trusted).at(-1)).toMatchObject({ code: 'SALLYPORT_E_CLIENT_DOCUMENT_HOST' })
    expect(await metadataOf(trusted)).toMatchObject({ client_id_metadata_document_supported: true })
  })

  it('"open" says so in the metadata, beside `none`, which clients look for as well (AS-DISC-07, AS-DISC-09)', async () => {
    expect(await metadataOf(world.server)).toMatchObject({
      client_id_metadata_document_supported: true,
      token_endpoint_auth_methods_supported: expect.arrayContaining(['none', 'private_key_jwt']),
    })
  })

  it('holds for grants that were made before it was changed', async () => {
    const off = await world.another({
      settings: { clientDocuments: { ...DOCUMENTS_OF_ALL, mode: 'trusted', trustedHosts: ['client.example'] } },
    })
    expect(await ask(world.server, STRANGER, sent)).toMatchObject({ kind: 'interaction' })
    expect(
      await tokenRequest(off, { grant_type: 'refresh_token', client_id: STRANGER, refresh_token: 'x' }),
    ).toMatchObject({
      status: 401,
    })
  })
})

const metadataOf = async (server: TestServer): Promise<unknown> =>
  (await fetch(`${server.origin}/.well-known/oauth-authorization-server`)).json()
