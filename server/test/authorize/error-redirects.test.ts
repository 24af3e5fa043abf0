import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, decide, type Person, signIn } from '../people/person.ts'
import { DOCUMENTS_OF_ALL, PASSWORD, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'
import { authorization, register } from '../setup/flow.ts'
import { passTime, query } from '../setup/state.ts'
import { type Answer, authorizeUrl, type Overrides, send } from './ask.ts'

const PORTAL = 'https://portal.example/cb'
const ELSEWHERE = 'https://portal.example.org/cb'
const STRANGER = 'https://evil.example/landing'
const CURSOR = 'cursor://anysphere.cursor-mcp/oauth/callback'
const LOOPBACK = 'http://127.0.0.1:51234/callback'
const TRUSTED = 'https://client.example/trusted.json'
const UNTRUSTED = 'https://other.example/untrusted.json'

/** What is registered is known to a running server within seconds. */
const POLL = { timeout: 20_000 }

let host: DocumentHost
let server: TestServer
/** Each has signed in; `agreed` has agreed to every client, `withdrew` has and took it back. */
const people: Record<'agreed' | 'withdrew' | 'stranger' | 'nobody', Person> = Object.create(null)
const ids = new Map<string, string>([
  ['portal', 'portal'],
  ['trusted document', TRUSTED],
  ['untrusted document', UNTRUSTED],
])

const CLIENTS: readonly { client: string; redirect: string }[] = [
  { client: 'portal', redirect: PORTAL },
  { client: 'trusted document', redirect: 'https://client.example/callback' },
  { client: 'untrusted document', redirect: 'https://other.example/callback' },
  { client: 'program on the machine', redirect: LOOPBACK },
  { client: 'app behind its own scheme', redirect: CURSOR },
  { client: 'site that registered itself', redirect: STRANGER },
]

const WRONG: readonly { params: Overrides; error: string }[] = [
  { params: { prompt: 'none', max_age: '0' }, error: 'login_required' },
  { params: { scope: 'nothing' }, error: 'invalid_scope' },
  { params: { resource: 'https://nobody.example' }, error: 'invalid_target' },
  { params: { code_challenge_method: 'plain' }, error: 'invalid_request' },
  { params: { response_type: 'id_token' }, error: 'unsupported_response_type' },
  { params: { response_mode: 'form_post' }, error: 'unsupported_response_mode' },
  { params: { request: 'e30.e30.e30' }, error: 'request_not_supported' },
  { params: { scope: ['mcp:issue:read', 'mcp:issue:read'] }, error: 'invalid_request' },
]

beforeAll(async () => {
  const portal = { id: 'portal', name: 'Portal', redirectUris: [PORTAL, ELSEWHERE] }
  const clientDocuments = { ...DOCUMENTS_OF_ALL, trustedHosts: ['client.example'] }
  host = await startDocumentHost()
  server = await startTestServer({ egress: host.egress(), settings: { clients: [portal], clientDocuments } })
  serve(TRUSTED, 'Trusted', 'https://client.example/callback')
  serve(UNTRUSTED, 'Untrusted', 'https://other.example/callback')
  for (const { client, redirect } of CLIENTS) {
    if (!ids.has(client)) ids.set(client, await register(server, { redirect_uris: [redirect] }))
  }
  const { hashPassword } = await import('../../src/store/password.ts')
  const passwordHash = await hashPassword(PASSWORD)
  for (const login of ['bob', 'carol']) await server.store.accounts.add({ login, name: login, passwordHash })
  people.nobody = createPerson(server)
  people.agreed = await visitor('alice', true)
  people.withdrew = await visitor('carol', true)
  people.stranger = await visitor('bob', false)
  await server.store.consentList.withdraw({ login: 'carol' })
})
afterAll(async () => {
  await server.close()
  await host.close()
})

function serve(url: string, name: string, redirect: string): void {
  host.serve(url, { client_id: url, client_name: name, redirect_uris: [redirect] })
}

/** Somebody who has signed in, and agreed to every client or to none. */
async function visitor(login: string, agrees: boolean): Promise<Person> {
  const person = createPerson(server, createBrowser())
  for (const { client, redirect } of CLIENTS) {
    const { url } = authorization(server, idOf(client), { redirect_uri: redirect })
    await decide(person, await signIn(person, url, { login }), { decision: agrees ? 'allow' : 'deny' })
  }
  return person
}

function idOf(client: string): string {
  return ids.get(client) ?? 'no client'
}

function ask(who: keyof typeof people, client: string, overrides: Overrides): Promise<Answer> {
  return send(server, authorizeUrl(server, idOf(client), overrides), people[who].browser)
}

/** Where each of the wrong requests ended, and with which error. */
async function ends(who: keyof typeof people, { client, redirect }: (typeof CLIENTS)[number]): Promise<unknown[]> {
  return Promise.all(
    WRONG.map(async ({ params }) => {
      const answer = await ask(who, client, { redirect_uri: redirect, ...params })
      if (answer.kind === 'page') return { page: answer.html.match(/<code>([a-z_]+)<\/code>/)?.[1] }
      if (answer.kind === 'interaction') return { interaction: answer.path }
      const { searchParams, hash } = answer.url
      const said = hash === '' ? searchParams : new URLSearchParams(hash.slice(1))
      expect(answer.url.href.split(/[?#]/, 1)).toEqual([redirect])
      expect(said.get('iss')).toBe(server.issuer)
      expect(said.get('state')).toBe('the state')
      return { client: said.get('error') }
    }),
  )
}

const ON_A_PAGE = WRONG.map(({ error }) => ({ page: error }))
const AT_THE_CLIENT = WRONG.map(({ error }) => ({ client: error }))

describe.each(CLIENTS)('an error of an authorization request of a $client', (row) => {
  it('ends on a page while nobody is signed in, prompt=none included (A15, AS-AZ-11, AS-AZ-16)', async () => {
    expect(await ends('nobody', row)).toEqual(ON_A_PAGE)
  })

  it('ends on a page for a person who has not agreed, whatever another has agreed to (A15, AS-AZ-11)', async () => {
    expect(await ends('stranger', row)).toEqual(ON_A_PAGE)
  })

  it('ends on a page once the consent was taken back (A15, AS-AZ-11)', async () => {
    expect(await ends('withdrew', row)).toEqual(ON_A_PAGE)
  })

  it('goes to the client, with iss and state, while this person has agreed to it (AS-AZ-07, AS-AZ-08, AS-AZ-16)', async () => {
    expect(await ends('agreed', row)).toEqual(AT_THE_CLIENT)
  })
})

describe('an error of an authorization request', () => {
  it('does not go to another site of the same client that the person has not seen named (A15)', async () => {
    expect(await ask('agreed', 'portal', { redirect_uri: ELSEWHERE, scope: 'nothing' })).toMatchObject({
      kind: 'page',
      status: 400,
    })
  })

  it('leaves the browser the cookies it came with when it ends on a page', async () => {
    const { headers } = await ask('stranger', 'portal', { redirect_uri: PORTAL, scope: 'nothing' })
    expect(headers.getSetCookie()).toEqual([])
  })

  it('is kept on a page when what went wrong shows only after the sign-in: nobody has been asked about the client (A15)', async () => {
    const brief = { id: 'brief', uri: 'https://brief.example/mcp', name: 'Brief', aliases: [], source: 'cli' as const }
    await server.store.resources.add({ ...brief, tools: TOOLS, accessTokenSeconds: undefined })
    const person = createPerson(server)
    const request = { redirect_uri: STRANGER, resource: brief.uri }
    const { url } = authorization(server, idOf('site that registered itself'), request)
    await expect.poll(async () => (await person.open(url)).url, POLL).toMatch(/\/sign-in$/)
    const page = await person.open(url)
    await server.store.resources.remove(brief.id)
    const others = async (): Promise<string> => (await createPerson(server).open(url)).html
    await expect.poll(others, POLL).toContain('<code>invalid_target</code>')
    const place = await person.submit(page, { login: 'bob', password: PASSWORD })
    expect(place).toMatchObject({ status: 400, callback: undefined })
    expect(place.html).toContain('<code>invalid_target</code>')
  })

  it('goes to the client after a no, although nobody has ever agreed to it: the page named it (AS-AZ-08)', async () => {
    const row = { redirect: STRANGER, client: await register(server, { redirect_uris: [STRANGER] }) }
    const request = authorization(server, row.client, { redirect_uri: row.redirect })
    const { callback } = await decide(people.stranger, await people.stranger.open(request.url), { decision: 'deny' })
    expect(callback && Object.fromEntries(callback)).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      error_code: 'SALLYPORT_E_ACCESS_DENIED',
      correlation_id: expect.stringMatching(/^req_/),
      state: request.state,
      iss: server.issuer,
    })
    const again = await send(
      server,
      authorizeUrl(server, row.client, { redirect_uri: row.redirect, scope: 'nothing' }),
      people.stranger.browser,
    )
    expect(again.kind).toBe('page')
  })

  it('ends on a page once the document of the client is another than the one that was agreed to (A15, AS-CIMD-13)', async () => {
    const row = { client: 'untrusted document', redirect: 'https://other.example/callback' }
    serve(UNTRUSTED, 'Another', row.redirect)
    await query(server, `UPDATE client_documents SET fresh_until = now() WHERE url = $1`, [UNTRUSTED])
    expect(await ends('agreed', row)).toEqual(ON_A_PAGE)
  })

  it('ends on a page once everything that was agreed to has ended (A15)', async () => {
    const clientId = await register(server, { redirect_uris: [STRANGER] })
    const { url } = authorization(server, clientId, { redirect_uri: STRANGER })
    await decide(people.agreed, await people.agreed.open(url), { duration: 'session' })
    const wrong = authorizeUrl(server, clientId, { redirect_uri: STRANGER, scope: 'nothing' })
    expect(await send(server, wrong, people.agreed.browser)).toMatchObject({ kind: 'callback' })
    await passTime(server, server.settings.lifetimes.elevationSessionSeconds + 1)
    expect(await send(server, wrong, people.agreed.browser)).toMatchObject({ kind: 'page' })
  })

  it('ends on a page for an account that was disabled (A15)', async () => {
    await server.store.accounts.disable('alice')
    expect(await ask('agreed', 'portal', { redirect_uri: PORTAL, scope: 'nothing' })).toMatchObject({ kind: 'page' })
  })
})
