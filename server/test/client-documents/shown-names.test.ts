import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTags, textOf } from '../pages/markup.ts'
import { createPerson, decide, signIn } from '../people/person.ts'
import { authorization, register } from '../setup/flow.ts'
import { CALLBACK, documentOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const DISGUISED = '\u0421laude'
const CALLS_ITSELF = `It calls itself “${DISGUISED}”: letters of that can pass for others`

describe('a client whose name passes for another (A83)', () => {
  it('is called by the host of its document in every sentence, on every page; the name is quoted with a warning', async () => {
    const { server, host } = world
    const url = 'https://client.example/names/disguised.json'
    host.serve(url, documentOf(url, { client_name: DISGUISED }))
    const person = createPerson(server)
    const request = authorization(server, url, { redirect_uri: CALLBACK }).url
    const before = textOf((await person.open(request)).html)
    expect(before).toContain('client.example asks to use Demo')
    const place = await signIn(person, request)
    const text = textOf(place.html)
    expect(text).toContain('Allow client.example to use Demo?')
    for (const page of [before, text]) expect(page).toContain(CALLS_ITSELF)
    await decide(person, place)
    const account = textOf((await person.open(`${server.issuer}/account`)).html)
    expect(account).toContain(CALLS_ITSELF)
    expect(account).toContain('Take back everything from client.example')
  })

  it('is called by its id where it registered itself', async () => {
    const { server } = world
    const clientId = await register(server, { client_name: DISGUISED })
    const { html } = await signIn(createPerson(server), authorization(server, clientId).url)
    expect(textOf(html)).toContain(`Allow ${clientId} to use Demo?`)
    expect(textOf(html)).toContain(CALLS_ITSELF)
  })
})

describe('what a client gives for people to look at (A84, AS-CIMD-14, AS-DCR-10)', () => {
  const LOOKS = {
    logo_uri: 'https://other.example/logo.svg',
    client_uri: 'https://other.example/home',
    policy_uri: 'https://other.example/policy',
    tos_uri: 'https://other.example/terms',
  }

  it.each([
    { what: 'a picture on another site', looks: LOOKS },
    { what: 'a picture by plain http', looks: { ...LOOKS, logo_uri: 'http://169.254.169.254/latest' } },
    { what: 'a picture that is a program', looks: { ...LOOKS, logo_uri: 'data:image/svg+xml,<svg onload=alert(1)>' } },
    {
      what: 'addresses that run',
      looks: { ...LOOKS, client_uri: 'javascript:alert(1)', tos_uri: 'javascript:alert(2)' },
    },
  ])('is neither fetched by the server, nor loaded or linked by the page: $what', async ({ what, looks }) => {
    const { server, host } = world
    const url = `https://client.example/names/${what.length}.json`
    host.serve(url, documentOf(url, looks))
    const registered = await register(server, looks)
    for (const [clientId, redirect] of [
      [url, CALLBACK],
      [registered, undefined],
    ] as const) {
      const sent = redirect === undefined ? {} : { redirect_uri: redirect }
      const { html } = await signIn(createPerson(server), authorization(server, clientId, sent).url)
      expect(textOf(html)).toContain('Allow')
      expect(html).not.toMatch(/other\.example|169\.254|javascript:|<svg/)
      expect(parseTags(html).filter(({ name }) => ['a', 'img', 'svg', 'script', 'object'].includes(name))).toEqual([])
    }
    expect(host.requests.filter((request) => request.startsWith('other.example'))).toEqual([])
  })
})
