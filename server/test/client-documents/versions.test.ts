import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanUp } from '../../src/store/housekeeping.ts'
import { ask } from '../authorize/ask.ts'
import { textOf } from '../pages/markup.ts'
import { createPerson, decide, offeredScopes, signIn } from '../people/person.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { type Browser, createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { auditEvents, query } from '../setup/state.ts'
import { CALLBACK, documentOf, refusalsIn, startWorld, type World } from './world.ts'

let world: World
let other: TestServer
beforeAll(async () => {
  world = await startWorld()
  other = await world.another()
})
afterAll(() => world.close())

const urlOf = (name: string): string => `https://client.example/versions/${name}.json`
const sent = { redirect_uri: CALLBACK }

/** From the authorization request to tokens. */
async function connect(url: string, browser: Browser = createBrowser()) {
  const request = authorization(world.server, url, sent)
  const { code } = await approve(world.server, request, {}, browser)
  return redeem(world.server, request, code, sent)
}

/** Lets time pass for what is known of the document. */
const passTime = (url: string, seconds: number): Promise<unknown> =>
  query(
    world.server,
    `UPDATE client_documents SET fetched_at = fetched_at - make_interval(secs => $2), checked_at = checked_at - make_interval(secs => $2),
       fresh_until = fresh_until - make_interval(secs => $2), failing_since = failing_since - make_interval(secs => $2),
       keys_fetched_at = keys_fetched_at - make_interval(secs => $2) WHERE url = $1`,
    [url, seconds],
  )

/** Waits until what happens behind requests has happened. */
const settled = async (url: string, holds: (row: Readonly<Record<string, unknown>> | undefined) => boolean) => {
  await expect
    .poll(async () => holds((await query(world.server, 'SELECT * FROM client_documents WHERE url = $1', [url]))[0]), {
      timeout: 20_000,
    })
    .toBe(true)
}

const HOUR = 3_600
const DAY = 24 * HOUR

describe('a document that has changed', () => {
  it.each([
    { what: 'its name', members: { client_name: 'Another name' } },
    { what: 'where answers go', members: { redirect_uris: [CALLBACK, 'https://other.example/callback'] } },
  ])('is agreed to again when it changes $what (AS-CIMD-13, A80)', async ({ what, members }) => {
    const { server, host } = world
    const url = urlOf(what.replaceAll(' ', '-'))
    const browser = createBrowser()
    host.serve(url, documentOf(url))
    await connect(url, browser)
    host.serve(url, documentOf(url, members))
    await passTime(url, DAY)
    const place = await createPerson(server, browser).open(authorization(server, url, sent).url)
    expect(offeredScopes(place.html)).toEqual(['mcp:repositories:list', 'mcp:issue:read'])
  })

  it('is not asked about again for what nobody agrees to: its order, its logo, its scope', async () => {
    const { server, host } = world
    const url = urlOf('same')
    const browser = createBrowser()
    const more = 'http://127.0.0.1/callback'
    host.serve(url, documentOf(url, { redirect_uris: [CALLBACK, more] }))
    await connect(url, browser)
    host.serve(
      url,
      documentOf(url, { redirect_uris: [more, CALLBACK], logo_uri: 'https://client.example/l.png', scope: 'a b' }),
    )
    await passTime(url, DAY)
    const place = await createPerson(server, browser).open(authorization(server, url, sent).url)
    expect(offeredScopes(place.html)).toEqual([])
    expect(textOf(place.html)).toContain('It asks for nothing new')
  })

  it('takes nothing along of what was agreed to with another version, nor the sites that were seen', async () => {
    const { server, host } = world
    const url = urlOf('fresh-start')
    const browser = createBrowser()
    host.serve(url, documentOf(url))
    await connect(url, browser)
    host.serve(url, documentOf(url, { client_name: 'Second' }))
    await passTime(url, DAY)
    const person = createPerson(server, browser)
    const place = await person.open(authorization(server, url, sent).url)
    await decide(person, place, { scopes: ['mcp:issue:read'] })
    const [consent] = await query(server, 'SELECT scopes, sites FROM consents WHERE client_id = $1', [url])
    expect(Object.keys(consent?.scopes as object)).toEqual(['mcp:issue:read'])
    expect(consent?.sites).toEqual({ 'https://client.example': true })
  })

  it('is told to the operator', async () => {
    const { server, host } = world
    const url = urlOf('told')
    host.serve(url, documentOf(url))
    await connect(url)
    host.serve(url, documentOf(url, { client_name: 'Second' }))
    await passTime(url, DAY)
    await ask(server, url, sent)
    expect(
      server.logged.filter(({ detail }) => JSON.stringify(detail).includes(`"clientId":"${url}","before"`)),
    ).toHaveLength(1)
  })

  it('AS-CIMD-13: does not change what a person is looking at: what they agree to is what they saw', async () => {
    const { server, host } = world
    const url = urlOf('while-looking')
    const evil = 'https://other.example/callback'
    host.serve(url, documentOf(url))
    const person = createPerson(server)
    const place = await signIn(person, authorization(server, url, sent).url)
    host.serve(url, documentOf(url, { client_name: 'Evil', redirect_uris: [CALLBACK, evil] }))
    await passTime(url, DAY)
    expect(await ask(other, url, { redirect_uri: evil })).toMatchObject({ kind: 'interaction' })
    // The same page, loaded again, still shows what it showed.
    expect(textOf((await person.open(place.url)).html)).toContain('Allow Acme IDE to use Demo?')
    const { callback } = await decide(person, place)
    expect(callback?.get('code')).toBeTruthy()
    const [row] = await query(
      server,
      `SELECT c.client_digest = d.digest AS new, c.client_digest = g.client_digest AS same
         FROM consents c JOIN grants g ON g.consent_id = c.id JOIN client_documents d ON d.url = c.client_id WHERE d.url = $1`,
      [url],
    )
    expect(row).toEqual({ new: false, same: true })
  })

  it('asks again in the tab whose version another tab has put aside', async () => {
    const { server, host } = world
    const url = urlOf('two-tabs')
    const browser = createBrowser()
    const person = createPerson(server, browser)
    host.serve(url, documentOf(url))
    const old = await signIn(person, authorization(server, url, sent).url)
    host.serve(url, documentOf(url, { client_name: 'Second' }))
    await passTime(url, DAY)
    const fresh = await person.open(authorization(server, url, sent).url)
    // Agreed to in the first tab, then in the second, before the first goes on.
    const agreed = await person.post(old.url, {
      csrf: old.html.match(/name="csrf" value="([^"]*)"/)?.[1] ?? '',
      scope: ['mcp:issue:read'],
      decision: 'allow',
    })
    expect(agreed.status).toBe(303)
    expect((await decide(person, fresh)).callback?.get('code')).toBeTruthy()
    const again = await person.open(old.url.replace(/\/consent$/, ''))
    expect(again.callback).toBeUndefined()
    expect(offeredScopes(again.html)).toEqual(['mcp:repositories:list', 'mcp:issue:read'])
    expect(textOf(again.html)).toContain('Allow Acme IDE to use Demo?')
  })

  it('is shown on the account page as it was agreed to, also when its grants have ended and what is old was removed', async () => {
    const { server, host } = world
    const url = urlOf('account')
    host.serve(url, documentOf(url))
    const browser = createBrowser()
    await connect(url, browser)
    host.serve(url, documentOf(url, { client_name: 'Second' }))
    await passTime(url, DAY)
    await ask(server, url, sent)
    const versions = "UPDATE client_document_versions SET created_at = created_at - interval '2 days' WHERE url = $1"
    await query(server, versions, [url])
    await query(server, 'UPDATE grants SET revoked_at = now() WHERE client_id = $1', [url])
    await cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })
    const account = async (): Promise<string> =>
      textOf((await createPerson(server, browser).open(`${server.issuer}/account`)).html)
    expect(await account()).toContain('Acme IDE verified domain client.example')
    // Whatever becomes of the rows: where it comes from is in its name.
    await query(server, 'DELETE FROM client_document_versions WHERE url = $1', [url])
    expect(await account()).toContain(`${url} verified domain client.example`)
  })

  it('leaves live grants to the version they were made with', async () => {
    const { server, host } = world
    const url = urlOf('grants')
    host.serve(url, documentOf(url))
    const { body } = await connect(url)
    host.serve(url, documentOf(url, { client_name: 'Second' }))
    await passTime(url, DAY)
    expect(await ask(server, url, sent)).toMatchObject({ kind: 'interaction' })
    expect((await refresh(other, url, String(body.refresh_token))).status).toBe(200)
  })
})

describe('a token request', () => {
  it('never waits for a document: it is fetched again behind it (AS-RT-08)', async () => {
    const { host } = world
    const url = urlOf('behind')
    host.serve(url, documentOf(url))
    const { body } = await connect(url)
    host.answer(url, (_req, res) => {
      setTimeout(() => {
        res
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(JSON.stringify(documentOf(url, { client_name: 'New' })))
      }, 1_500)
    })
    await passTime(url, DAY)
    const [before] = await query(world.server, 'SELECT digest FROM client_documents WHERE url = $1', [url])
    const startedAt = performance.now()
    expect((await refresh(other, url, String(body.refresh_token))).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(1_400)
    await settled(url, (row) => row?.digest !== before?.digest)
  })

  it('does not look again each time while the document cannot be had', async () => {
    const { host } = world
    const url = urlOf('not-each-time')
    host.serve(url, documentOf(url))
    const { body } = await connect(url)
    host.remove(url)
    await passTime(url, DAY)
    const requestsFor = () => host.requests.filter((request) => `https://${request}` === url).length
    expect(requestsFor()).toBe(1)
    const first = await refresh(world.server, url, String(body.refresh_token))
    await settled(url, (row) => row?.failing_since !== null)
    const second = await refresh(other, url, String(first.body.refresh_token))
    expect((await refresh(world.server, url, String(second.body.refresh_token))).status).toBe(200)
    expect(requestsFor()).toBe(2)
  })

  it('fetches nothing for a client that nobody has seen', async () => {
    const url = urlOf('nobody')
    world.host.serve(url, documentOf(url))
    const connections = world.host.connections()
    expect(await refresh(world.server, url, 'x'.repeat(43))).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect(world.host.connections()).toBe(connections)
  })
})

describe('a document that cannot be had', () => {
  it.each([
    { what: '404', break: (url: string) => world.host.remove(url) },
    {
      what: 'a page',
      break: (url: string) =>
        world.host.answer(url, (_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')),
    },
    {
      what: 'the document of somebody else',
      break: (url: string) => world.host.serve(url, documentOf('https://other.example/app.json')),
    },
  ])(
    'leaves live grants alone for 72 hours ($what): then they rest until it is back (AS-CIMD-16)',
    async ({ what, break: breakIt }) => {
      const { host, server } = world
      const url = urlOf(`outage-${what.replaceAll(' ', '-')}`)
      host.serve(url, documentOf(url))
      let token = String((await connect(url)).body.refresh_token)
      const refreshed = async () => {
        const answer = await refresh(server, url, token)
        if (answer.status === 200) token = String(answer.body.refresh_token)
        return answer
      }
      breakIt(url)
      await passTime(url, DAY)
      expect((await refreshed()).status).toBe(200)
      await settled(url, (row) => row?.failing_since !== null)
      await passTime(url, 71 * HOUR)
      expect((await refreshed()).status).toBe(200)
      await passTime(url, 2 * HOUR)
      expect(await refreshed()).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
      expect(refusalsIn(server).map(({ code }) => code)).toContain('SALLYPORT_E_CLIENT_DOCUMENT_STALE')
      host.serve(url, documentOf(url))
      await passTime(url, 61)
      expect((await refreshed()).status).toBe(200)
      await passTime(url, 80 * HOUR)
      expect((await refreshed()).status).toBe(200)
    },
  )
})

describe('a document that is gone', () => {
  it('ends every grant made with it at once, and what was agreed to', async () => {
    const { host, server } = world
    const url = urlOf('gone')
    host.serve(url, documentOf(url))
    const browser = createBrowser()
    const first = await connect(url, browser)
    const second = await connect(url)
    host.answer(url, (_req, res) => void res.writeHead(410).end())
    await passTime(url, DAY)
    // The look happens behind this request, which may be answered before what it finds is written.
    const answered = await refresh(other, url, String(first.body.refresh_token))
    await settled(url, (row) => row === undefined)
    for (const token of [answered.body.refresh_token ?? first.body.refresh_token, second.body.refresh_token]) {
      expect(await refresh(server, url, String(token))).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      })
    }
    const revoked = (await auditEvents(server, 'grant.revoked')).filter(({ client_id }) => client_id === url)
    expect(revoked.map(({ detail }) => detail)).toEqual([
      { reason: 'client-document-gone' },
      { reason: 'client-document-gone' },
    ])
    host.serve(url, documentOf(url))
    // The same document again is another client: nothing comes back with it.
    const place = await createPerson(server, browser).open(authorization(server, url, sent).url)
    expect(offeredScopes(place.html)).toEqual(['mcp:repositories:list', 'mcp:issue:read'])
    expect(await refresh(server, url, String(second.body.refresh_token))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  })

  it('ends them as well when a new authorization finds it out', async () => {
    const { host, server } = world
    const url = urlOf('gone-too')
    host.serve(url, documentOf(url))
    const { body } = await connect(url)
    host.answer(url, (_req, res) => void res.writeHead(410).end())
    await passTime(url, DAY)
    expect(await ask(server, url, sent)).toMatchObject({ kind: 'page', status: 400 })
    expect((await refresh(other, url, String(body.refresh_token))).status).toBe(401)
  })
})

describe('a client that was removed by the operator', () => {
  it('loses its grants, its consents and what was begun with it', async () => {
    const { host, server } = world
    const url = urlOf('removed')
    host.serve(url, documentOf(url))
    const { body } = await connect(url)
    const request = authorization(server, url, sent)
    const person = createPerson(server)
    const place = await signIn(person, request.url)
    expect(await other.store.clientDocuments.end(url, 'client-removed')).toBe('ended')
    expect((await refresh(server, url, String(body.refresh_token))).status).toBe(401)
    expect((await decide(person, place)).callback).toBeUndefined()
    expect(await other.store.clientDocuments.end(url, 'client-removed')).toBe('unknown')
  })
})
