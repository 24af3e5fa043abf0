import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { textOf } from '../pages/markup.ts'
import { createPerson, decide, signIn } from '../people/person.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { CALLBACK, CLIENT, documentOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  world.host.serve(CLIENT, documentOf(CLIENT))
})
afterAll(() => world.close())

const sent = { redirect_uri: CALLBACK }

describe('a client that is the URL of its document', () => {
  it('AS-CIMD-01, AS-CIMD-10: gets from an authorization request to tokens, and refreshes them', async () => {
    const { server } = world
    const request = authorization(server, CLIENT, sent)
    const { code } = await approve(server, request)
    const tokens = await redeem(server, request, code, sent)
    expect(tokens.status).toBe(200)
    const refreshed = await refresh(server, CLIENT, String(tokens.body.refresh_token))
    expect(refreshed.status).toBe(200)
  })

  it('AS-CON-01, AS-CON-03: is shown with the host its document came from, and its name as what that host says', async () => {
    const { server } = world
    const place = await signIn(createPerson(server), authorization(server, CLIENT, sent).url)
    const text = textOf(place.html)
    expect(text).toContain('Allow Acme IDE to use Demo?')
    expect(text).toContain('verified domain client.example')
    expect(text).not.toContain('unverified')
    expect((await decide(createPerson(server), place)).callback).toBeUndefined()
  })
})
