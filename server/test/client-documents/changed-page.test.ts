import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseTags, textOf } from '../pages/markup.ts'
import { createPerson, decide, type Person, type Place, signIn } from '../people/person.ts'
import { authorization } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { CALLBACK, documentOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const sent = { redirect_uri: CALLBACK }

/** Somebody who has agreed to a client, whose document says something else since. */
async function afterChange(
  name: string,
  { before = {}, now }: { before?: Record<string, unknown>; now: Record<string, unknown> },
): Promise<{ person: Person; url: string; place: Place; text: string }> {
  const { server, host } = world
  const url = `https://client.example/changed/${name}.json`
  const person = createPerson(server)
  host.serve(url, documentOf(url, before))
  const first = await signIn(person, authorization(server, url, sent).url)
  expect(textOf(first.html)).not.toContain('has changed since')
  await decide(person, first)
  host.serve(url, documentOf(url, now))
  await query(server, "UPDATE client_documents SET fresh_until = now() - interval '1 day' WHERE url = $1", [url])
  const place = await person.open(authorization(server, url, sent).url)
  return { person, url, place, text: textOf(place.html) }
}

describe('the page about a client whose document has changed since it was agreed to (AS-CIMD-13, A80)', () => {
  it('says what its name was and is, where it returns to now and no longer, and asks for every permission again', async () => {
    const moved = 'https://other.example/callback'
    const { text, person, place, url } = await afterChange('name-and-redirects', {
      before: { redirect_uris: [CALLBACK, 'http://127.0.0.1/callback'] },
      now: { client_name: 'Zeta', redirect_uris: [CALLBACK, moved] },
    })
    expect(text).toContain('Zeta has changed since you allowed it.')
    expect(text).toContain('Its name was Acme IDE and is Zeta now.')
    expect(text).toContain(`It now also returns to ${moved}.`)
    expect(text).toContain('It no longer returns to http://127.0.0.1/callback.')
    expect(text).toContain('What you allowed before does not count')
    // Who has agreed to it as it is now is not told again.
    await decide(person, place)
    const again = await person.open(authorization(world.server, url, sent).url)
    expect(textOf(again.html)).not.toContain('has changed since')
  })

  it('says that it does not sign any more, which gives its id to whoever sends it', async () => {
    const keys = 'https://keys.example/changed.json'
    const key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    world.host.serve(keys, { keys: [{ ...(await crypto.subtle.exportKey('jwk', key.publicKey)), alg: 'ES256' }] })
    const { text } = await afterChange('method', {
      before: { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: keys },
      now: {},
    })
    expect(text).toContain('It proved itself with a key before, and does not any more.')
  })

  it('shows hostile names and addresses as cleaned, short text and nothing as a link (A83, A84)', async () => {
    const client_name = `<a href=x>\u202e${'Zeta'.repeat(40)}\u200b</a>`
    const many = Array.from({ length: 12 }, (_, at) => `https://other.example/${at}/${'x'.repeat(150)}`)
    const { text, place } = await afterChange('hostile', { now: { client_name, redirect_uris: [CALLBACK, ...many] } })
    expect(place.html).not.toMatch(/[\u202e\u200b]/)
    expect(parseTags(place.html).filter(({ name }) => name === 'a' || name === 'img')).toEqual([])
    expect(text).toMatch(/Its name was Acme IDE and is <a href=x>Zeta[Zeta]{1,60}… now\./)
    const addresses = [...text.matchAll(/It now also returns to (\S+)\./g)].map(([, address]) => address ?? '')
    expect(addresses).toHaveLength(4)
    for (const address of addresses) expect(address.length).toBeLessThanOrEqual(160)
    expect(text).toContain('And to 8 addresses more.')
  })

  it('says that a name changed in what nobody sees, instead of showing the same twice (A83)', async () => {
    const { text } = await afterChange('unseen', { now: { client_name: 'Acme\u200b IDE' } })
    expect(text).toContain('Its name has changed in characters that cannot be seen.')
    expect(text).not.toContain('Its name was')
  })

  it('has nothing to tell of a key that is published twice', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const key = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), alg: 'ES256' }
    const signed = (keys: readonly object[]) => ({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys } })
    const { text } = await afterChange('twice', { before: signed([key]), now: signed([key, key]) })
    expect(text).toContain('Allow Acme IDE to use Demo?')
    expect(text).not.toContain('has changed since')
  })

  it('says so where what was agreed to is not kept any more', async () => {
    const { person, place, url } = await afterChange('forgotten', { now: { client_name: 'Zeta' } })
    await query(
      world.server,
      `DELETE FROM client_document_versions v USING consents c WHERE v.url = $1 AND c.client_id = v.url AND c.client_digest = v.digest`,
      [url],
    )
    expect(textOf((await person.open(place.url)).html)).toContain('What it was then is not kept any more.')
  })
})
