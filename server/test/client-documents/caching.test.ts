import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectTaken } from '../authorize/ask.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { query } from '../setup/state.ts'
import { CALLBACK, documentOf, startWorld, type World } from './world.ts'

let world: World
let other: TestServer
beforeAll(async () => {
  world = await startWorld()
  other = await world.another()
})
afterAll(() => world.close())

const urlOf = (name: string): string => `https://client.example/caching/${name}.json`

const requestsFor = (url: string): number =>
  world.host.requests.filter((request) => `https://${request}` === url).length

const begin = (url: string, server: TestServer = world.server) => ask(server, url, { redirect_uri: CALLBACK })

/** Seconds for which the database says that new authorizations may be made from what was fetched. */
async function freshFor(url: string): Promise<number> {
  const [row] = await query(
    world.server,
    'SELECT extract(epoch FROM fresh_until - checked_at)::float8 AS seconds FROM client_documents WHERE url = $1',
    [url],
  )
  return Math.round(Number(row?.seconds))
}

/** What was fetched may no longer be used for new authorizations. */
const goStale = (url: string): Promise<unknown> =>
  query(world.server, "UPDATE client_documents SET fresh_until = now() - interval '1 second' WHERE url = $1", [url])

describe('a document that was fetched', () => {
  it('is used by the next authorizations, in other processes too, and fetched again when it is old (AS-CIMD-09)', async () => {
    const url = urlOf('shared')
    world.host.serve(url, documentOf(url))
    await expectTaken(begin(url))
    await expectTaken(begin(url))
    await expectTaken(begin(url, other))
    expect(requestsFor(url)).toBe(1)
    await goStale(url)
    await expectTaken(begin(url, other))
    await expectTaken(begin(url))
    expect(requestsFor(url)).toBe(2)
  })

  it('A81: is fetched once for everybody who asks at the same time', async () => {
    const url = urlOf('crowd')
    world.host.answer(url, (_req, res) => {
      setTimeout(() => {
        res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(documentOf(url)))
      }, 300)
    })
    const answers = await Promise.all(Array.from({ length: 300 }, () => begin(url)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses).toContain(303)
    // A busy machine sends some away for a moment, and nobody for another reason.
    expect(statuses.filter((status) => status !== 303 && status !== 503)).toEqual([])
    await expectTaken(begin(url))
    expect(requestsFor(url)).toBe(1)
  })

  it('A81: stays usable however many others come', async () => {
    const url = urlOf('good')
    world.host.serve(url, documentOf(url))
    await expectTaken(begin(url))
    const others = Array.from({ length: 120 }, (_, at) => urlOf(`crowd-${at}`))
    for (const each of others) world.host.serve(each, documentOf(each))
    await Promise.all(others.map((each) => begin(each)))
    await expectTaken(begin(url))
    expect(requestsFor(url)).toBe(1)
  })

  it.each([
    { headers: {}, seconds: 300, because: 'the host says nothing' },
    { headers: { 'Cache-Control': 'max-age=600' }, seconds: 600, because: 'the host says so' },
    { headers: { 'Cache-Control': 'public, MAX-AGE="600"' }, seconds: 600, because: 'the host says so' },
    {
      headers: { 'Cache-Control': 'max-age=60, s-maxage=900' },
      seconds: 900,
      because: 'this is a cache of many people',
    },
    { headers: { 'Cache-Control': 'max-age=31536000' }, seconds: 86_400, because: 'a day is the longest' },
    { headers: { 'Cache-Control': `max-age=${'9'.repeat(40)}` }, seconds: 30, because: 'that is no number' },
    { headers: { 'Cache-Control': 'max-age=-1' }, seconds: 30, because: 'that is no number' },
    { headers: { 'Cache-Control': 'max-age=0' }, seconds: 30, because: 'half a minute is the shortest' },
    { headers: { 'Cache-Control': 'no-store' }, seconds: 30, because: 'half a minute is the shortest' },
    { headers: { 'Cache-Control': 'no-cache, max-age=600' }, seconds: 30, because: 'it may not be used unasked' },
    { headers: { 'Cache-Control': 'max-age=600', Age: '500' }, seconds: 100, because: 'it lay somewhere for a while' },
    { headers: { Expires: 'Wed, 01 Jan 2020 00:00:00 GMT' }, seconds: 30, because: 'its end has passed' },
    { headers: { Expires: 'never' }, seconds: 30, because: 'that is no time' },
    {
      headers: { Date: 'Wed, 01 Jan 2020 00:00:00 GMT', Expires: 'Wed, 01 Jan 2020 01:00:00 GMT' },
      seconds: 3_600,
      because: 'the host says so by its own clock',
    },
  ])('A79: may be used for $seconds seconds with $headers: $because', async ({ headers, seconds }) => {
    const url = urlOf(`lasts-${JSON.stringify(headers).replace(/\W+/g, '-')}`)
    world.host.serve(url, documentOf(url), headers)
    await expectTaken(begin(url))
    expect(await freshFor(url)).toBe(seconds)
  })

  it('is not sent again where the host knows that it has not changed (AS-CIMD-09)', async () => {
    const url = urlOf('tagged')
    const asked: (string | undefined)[] = []
    world.host.answer(url, (req, res) => {
      const tag = req.headers['if-none-match']
      asked.push(tag)
      if (tag === '"v1"') return void res.writeHead(304, { ETag: '"v1"', 'Cache-Control': 'max-age=600' }).end()
      res.writeHead(200, { 'Content-Type': 'application/json', ETag: '"v1"' }).end(JSON.stringify(documentOf(url)))
    })
    await expectTaken(begin(url))
    await goStale(url)
    await expectTaken(begin(url))
    await expectTaken(begin(url))
    expect(asked).toEqual([undefined, '"v1"'])
    expect(await freshFor(url)).toBe(600)
  })
})

describe('a failure', () => {
  it('A78: is not remembered: a document that was mended is used at once', async () => {
    const url = urlOf('mended')
    expect(await begin(url)).toMatchObject({ kind: 'page', status: 400 })
    world.host.serve(url, documentOf(url, { client_name: '' }))
    expect(await begin(url)).toMatchObject({ kind: 'page', status: 400 })
    world.host.serve(url, documentOf(url))
    await expectTaken(begin(url))
    expect(requestsFor(url)).toBe(3)
  })

  it('refuses a new authorization, although there is a copy of a better day (AS-CIMD-15)', async () => {
    const url = urlOf('broken')
    world.host.serve(url, documentOf(url))
    await expectTaken(begin(url))
    await goStale(url)
    world.host.remove(url)
    expect(await begin(url)).toMatchObject({ kind: 'page', status: 400 })
    world.host.serve(url, documentOf(url))
    await expectTaken(begin(url))
  })
})
