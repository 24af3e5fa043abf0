import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CALLBACK, CLIENT, documentOf, startWorld, type World } from '../client-documents/world.ts'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'

let world: World
beforeAll(async () => {
  world = await startWorld(WITH_CONFIDENTIAL_CLIENTS)
  world.host.serve(CLIENT, documentOf(CLIENT))
  await giveResource(world.server, CONFIDENTIAL.owner.id)
})
afterAll(() => world.close())

describe('a client that is the URL of its document', () => {
  it('gives back its token at a process that never saw the document, while its host does not answer (AS-REV-01, AS-RT-08)', async () => {
    for (const kind of ['access_token', 'refresh_token']) {
      world.host.serve(CLIENT, documentOf(CLIENT))
      const request = authorization(world.server, CLIENT, { redirect_uri: CALLBACK })
      const { code } = await approve(world.server, request)
      const { body } = await redeem(world.server, request, code, { redirect_uri: CALLBACK })
      const isActive = async (): Promise<boolean> => {
        const form = { token: String(body.access_token) }
        return JSON.parse((await postForm(world.server, '/introspect', form, basic(CONFIDENTIAL.owner))).text).active
      }
      expect(await isActive()).toBe(true)
      world.host.answer(CLIENT, (_request, response) => response.writeHead(503).end())
      const other = await world.another({ settings: { ...WITH_CONFIDENTIAL_CLIENTS.settings, mode: 'serve' } })
      const answer = await postForm(other, '/revoke', { client_id: CLIENT, token: String(body[kind]) })
      expect(answer).toMatchObject({ status: 200, text: '' })
      expect(await isActive()).toBe(false)
      expect((await refresh(other, CLIENT, String(body.refresh_token))).status).toBe(400)
    }
  })

  it('that nobody here has ever seen is not known, and nothing is fetched to find out', async () => {
    const stranger = 'https://client.example/oauth/never-seen.json'
    world.host.serve(stranger, documentOf(stranger))
    const answer = await postForm(world.server, '/revoke', { client_id: stranger, token: 'x' })
    expect(JSON.parse(answer.text).error).toBe('invalid_client')
    expect(world.host.requests.filter((url) => url.includes('never-seen'))).toEqual([])
  })
})
