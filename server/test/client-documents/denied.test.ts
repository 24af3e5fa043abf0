import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectPage } from '../authorize/ask.ts'
import { createPerson } from '../people/person.ts'
import { DOCUMENTS_OF_ALL, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { CALLBACK, CLIENT, documentOf, refusalsIn, startWorld, type World } from './world.ts'

const sent = { redirect_uri: CALLBACK }
const BELOW = 'https://app.client.example/app.json'
const OTHER = 'https://other.example/app.json'

let world: World
let denying: TestServer
beforeAll(async () => {
  world = await startWorld()
  const deniedHosts = ['client.example', '*.client.example']
  denying = await world.another({
    settings: { clientDocuments: { ...DOCUMENTS_OF_ALL, trustedHosts: ['client.example'], deniedHosts } },
  })
  for (const url of [CLIENT, BELOW, OTHER]) world.host.serve(url, documentOf(url))
})
afterAll(() => world.close())

describe('a client whose host is denied', () => {
  it.each([CLIENT, BELOW, CLIENT.replace('client.example', 'client.example.')])(
    'gets the page of every other failure, and its document is not fetched, although the host is trusted too: %s',
    async (url) => {
      const connections = world.host.connections()
      const html = await expectPage(ask(denying, url, sent), 'invalid_client')
      expect(html).not.toMatch(/client\.example|denied/i)
      expect(world.host.connections()).toBe(connections)
      expect(refusalsIn(denying).at(-1)).toMatchObject({
        code: 'SALLYPORT_E_CLIENT_DOCUMENT_DENIED',
        reason: expect.stringContaining('client.example'),
      })
    },
  )

  it('does not keep others out', async () => {
    expect(await ask(denying, OTHER, sent)).toMatchObject({ kind: 'interaction' })
  })

  it('renews nothing that it was given before, and what it held lives again where the denial is taken back', async () => {
    const { server } = world
    const request = authorization(server, CLIENT, sent)
    const { code } = await approve(server, request)
    const { body } = await redeem(server, request, code, sent)
    const token = String(body.refresh_token)
    const said = refusalsIn(denying).length
    expect(await refresh(denying, CLIENT, token)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(refusalsIn(denying).slice(said)).toEqual([
      { code: 'SALLYPORT_E_CLIENT_DOCUMENT_DENIED', reason: expect.stringContaining('client.example') },
    ])
    const [grant] = await query(server, 'SELECT revoked_at FROM grants WHERE client_id = $1', [CLIENT])
    expect(grant).toEqual({ revoked_at: null })
    expect(await refresh(server, CLIENT, token)).toMatchObject({ status: 200 })
  })

  it('cannot redeem a code, nor does the page that waits for a person go on', async () => {
    const { server } = world
    const browser = createBrowser()
    const request = authorization(server, CLIENT, sent)
    const { code } = await approve(server, request, {}, browser)
    expect(await redeem(denying, request, code, sent)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const again = await createPerson(denying, browser).open(authorization(denying, CLIENT, sent).url)
    expect(again.callback).toBeUndefined()
    expect(again.status).toBe(400)
    expect(await redeem(server, request, code, sent)).toMatchObject({ status: 200 })
  })
})
