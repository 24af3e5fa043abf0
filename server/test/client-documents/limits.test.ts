import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress, type Resolve } from '../../src/egress/index.ts'
import { cleanUp } from '../../src/store/housekeeping.ts'
import { ask } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { CLOSED_TO_ALL, TEST_ROOT } from '../setup/document-host.ts'
import { approve, authorization, redeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { CALLBACK, CLIENT, documentOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  world.host.serve(CLIENT, documentOf(CLIENT))
})
afterAll(() => world.close())

const sent = { redirect_uri: CALLBACK }

/** A server for which the name of one host is looked up for ever: it costs nothing but the time it is given. */
async function startWaiting(): Promise<TestServer> {
  const resolve: Resolve = (name, request) =>
    name === 'slow.example' ? new Promise(() => {}) : world.host.resolve(name, request)
  return startTestServer({ egress: createEgress({ resolve, ca: [TEST_ROOT], settings: CLOSED_TO_ALL }) })
}

describe('somebody who makes the server look at many documents', () => {
  it('is told to wait, and looks that are answered from what is kept are not counted (AS-OPS-03, A78)', async () => {
    const server = await startWaiting()
    await ask(server, CLIENT, sent)
    const slow = Array.from({ length: 80 }, (_, at) => `https://slow.example/${at}.json`)
    const answers = Promise.all(slow.map((url) => ask(server, url, sent)))
    // One who comes with a document that is known is served meanwhile.
    expect(await ask(server, CLIENT, sent)).toMatchObject({ kind: 'interaction' })
    const limited = (await answers).filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThan(0)
    for (const { headers } of limited) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    expect((await answers).filter(({ status }) => status !== 429 && status !== 400)).toEqual([])
    await server.close()
  })
})

describe('documents that nobody agreed to', () => {
  it('are cleared away after a day, and those that somebody needs are not', async () => {
    const { server, host } = world
    const idle = 'https://client.example/idle.json'
    host.serve(idle, documentOf(idle))
    await ask(server, idle, sent)
    const request = authorization(server, CLIENT, sent)
    expect((await redeem(server, request, (await approve(server, request)).code, sent)).status).toBe(200)
    const versions = () => query(server, 'SELECT url FROM client_document_versions ORDER BY url')
    await cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })
    expect(await versions()).toEqual([{ url: idle }, { url: CLIENT }])
    await query(server, "UPDATE client_documents SET checked_at = checked_at - interval '25 hours'")
    await query(server, "UPDATE client_document_versions SET created_at = created_at - interval '25 hours'")
    await cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })
    expect(await versions()).toEqual([{ url: CLIENT }])
    // The version of a live grant stays although the document has another one now.
    host.serve(CLIENT, documentOf(CLIENT, { client_name: 'Second' }))
    await query(server, "UPDATE client_documents SET fresh_until = now() - interval '1 second'")
    await ask(server, CLIENT, sent)
    expect(await versions()).toHaveLength(2)
    await cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })
    expect(await versions()).toHaveLength(2)
    // And so does that of a live consent: the account page shows what the person agreed to.
    await query(server, 'UPDATE grants SET revoked_at = now()')
    await cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })
    expect(await versions()).toHaveLength(2)
    await server.store.consentList.withdraw({ login: 'alice' })
    await cleanUp(server.store.database, { holder: 'test', notWithinSeconds: 0 })
    expect(await versions()).toHaveLength(1)
  })
})
