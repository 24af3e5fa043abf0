import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, ask } from '../authorize/ask.ts'
import { query } from '../setup/state.ts'
import { BAD_DOCUMENTS, json, padded } from './bad-documents.ts'
import { CALLBACK, documentOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const HOST = 'https://client.example'

/** What whoever asked can see, without the id that is another one each time. */
function seen(answer: Answer): { status: number; html: string; headers: readonly string[] } {
  if (answer.kind !== 'page') expect.fail(`expected a page, got ${JSON.stringify(answer)}`)
  const id = answer.headers.get('x-correlation-id') ?? 'no id'
  const names = [...answer.headers.keys()].sort()
  return { status: answer.status, html: answer.html.replaceAll(id, 'ID'), headers: names }
}

function nested(depth: number): unknown {
  return JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
}

/** Asks for each case at the same time; which of them is which is told by the path. */
async function askAll(): Promise<{ what: string; answer: Answer; tookMs: number }[]> {
  return Promise.all(
    BAD_DOCUMENTS.map(async ({ what, serve }, at) => {
      const url = `${HOST}/refused/${at}.json`
      serve(world.host, url)
      const startedAt = performance.now()
      const answer = await ask(world.server, url, { redirect_uri: CALLBACK })
      return { what, answer, tookMs: performance.now() - startedAt }
    }),
  )
}

describe('a document that cannot be used', () => {
  it('gets the same page, whatever is wrong with it, and never a redirect (AS-CIMD-03, AS-CIMD-04, AS-CIMD-05, AS-CIMD-06, AS-CIMD-08, AS-CIMD-15, AS-CIMD-17, A75 to A77)', async () => {
    const answers = await askAll()
    const [first] = answers
    for (const { what, answer } of answers) {
      expect({ what, ...seen(answer) }).toEqual({ what, ...seen(first?.answer ?? answer) })
    }
    const page = seen(
      first?.answer ??
        (() => {
          throw new Error('no case')
        })(),
    )
    expect(page.status).toBe(400)
    expect(page.html).toContain('<code>invalid_client</code>')
    expect(page.html).toContain('<code>SALLYPORT_E_CLIENT_DOCUMENT</code>')
    expect(page.html).not.toMatch(/client\.example|refused|status|content type|JSON/)
  })

  it('takes as long to be refused, whatever is wrong with it (AS-CIMD-17)', async () => {
    const times = (await askAll()).map(({ tookMs }) => tookMs)
    // What differs is how busy this machine is, not whether somebody answered there.
    expect(Math.min(...times)).toBeGreaterThan(2_400)
  })

  it('is told to the operator with the reason and a code for it', async () => {
    const { server } = world
    // One after the other: on a busy machine many at once would all be too late, which is a reason of its own.
    for (const { what, code, serve } of new Map(BAD_DOCUMENTS.map((bad) => [bad.code, bad])).values()) {
      const url = `${HOST}/told/${code}.json`
      serve(world.host, url)
      const { headers } = await ask(server, url, { redirect_uri: CALLBACK })
      const correlationId = headers.get('x-correlation-id')
      const told = server.logged.filter(({ level, detail }) => level === 'warn' && JSON.stringify(detail).includes(url))
      const full = `SALLYPORT_E_CLIENT_DOCUMENT_${code}`
      const opening = code === 'UNREACHABLE' ? { host: 'client.example:443', setting: 'none' } : {}
      const said = { correlationId, address: '127.0.0.1', code: full, reason: expect.any(String), ...opening }
      const detail = { ...said, clientId: url }
      expect({ what, told }).toEqual({
        what,
        told: [{ level: 'warn', message: 'authorization refused: invalid_client', detail }],
      })
    }
  })

  it('leaves nothing behind (AS-CIMD-09)', async () => {
    expect(await query(world.server, 'SELECT url FROM client_documents')).toEqual([])
    expect(await query(world.server, 'SELECT url FROM client_document_versions')).toEqual([])
  })

  it('is asked for once, although the refusal is worded after a second look-up of the client', async () => {
    const { server, host } = world
    const before = host.requests.length
    await ask(server, `${HOST}/once.json`, { redirect_uri: CALLBACK })
    expect(host.requests.slice(before)).toEqual(['client.example/once.json'])
  })

  it('is never followed to where it redirects to (A73)', () => {
    expect(world.host.requests.filter((request) => request.startsWith('other.example'))).toEqual([])
  })
})

describe('a document of another spelling of what is right', () => {
  it.each([
    { what: 'application/json; charset=utf-8', type: 'application/json; charset=utf-8' },
    { what: 'APPLICATION/JSON', type: 'APPLICATION/JSON' },
    { what: 'a JSON type of its own', type: 'application/oauth-client+json' },
  ])('is taken: $what (AS-CIMD-08)', async ({ type }) => {
    const url = `${HOST}/taken/${encodeURIComponent(type).toLowerCase().replaceAll('%', '')}.json`
    world.host.serve(url, documentOf(url), { 'Content-Type': type })
    expect(await ask(world.server, url, { redirect_uri: CALLBACK })).toMatchObject({ kind: 'interaction', status: 303 })
  })

  it.each([
    { member: 'grant_types', value: ['authorization_code', 'a\0b'] },
    { member: 'grant_types', value: ['\ud800'] },
    { member: 'grant_types', value: nested(2_000) },
    { member: 'grant_types', value: { 0: 'refresh_token' } },
    { member: 'application_type', value: 'a\0b' },
    { member: 'application_type', value: { native: '\ud800' } },
    { member: 'scope', value: '\0' },
    { member: 'client_name', value: 'Acme\0\ud800 IDE' },
  ])('is taken: a strange $member, of which nothing is kept (A75)', async ({ member, value }) => {
    const url = `${HOST}/strange/${createHash('sha256').update(JSON.stringify(value)).digest('hex')}.json`
    world.host.serve(url, documentOf(url, { [member]: value }))
    expect(await ask(world.server, url, { redirect_uri: CALLBACK })).toMatchObject({ kind: 'interaction', status: 303 })
    const [row] = await query(world.server, 'SELECT metadata FROM client_document_versions WHERE url = $1', [url])
    expect(row?.metadata).toMatchObject({
      client_name: expect.stringMatching(/^Acme\W* IDE$/),
      redirect_uris: [CALLBACK],
      application_type: 'web',
      token_endpoint_auth_method: 'none',
    })
    expect(JSON.stringify(row)).not.toMatch(/\[\[|u0000|ud800|a.b/)
  })

  it('is taken: 5120 bytes (A74)', async () => {
    const url = `${HOST}/full.json`
    world.host.answer(url, (_req, res) => json(res, padded(url, 5_120)))
    expect(await ask(world.server, url, { redirect_uri: CALLBACK })).toMatchObject({ kind: 'interaction', status: 303 })
  })

  it('is taken: a query, which the draft advises against and allows (AS-CIMD-02)', async () => {
    const url = `${HOST}/app.json?version=2`
    world.host.serve(url, documentOf(url))
    expect(await ask(world.server, url, { redirect_uri: CALLBACK })).toMatchObject({ kind: 'interaction', status: 303 })
  })
})
