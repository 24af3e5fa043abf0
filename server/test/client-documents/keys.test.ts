import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../authorize/ask.ts'
import { createPerson, offeredScopes, signIn } from '../people/person.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { createKeyClient, type KeyClient, proofOf } from '../setup/key-client.ts'
import { query } from '../setup/state.ts'
import { CALLBACK, documentOf, refusalsIn, startWorld, type World } from './world.ts'

let world: World
let other: TestServer
beforeAll(async () => {
  world = await startWorld()
  other = await world.another()
})
afterAll(() => world.close())

const sent = { redirect_uri: CALLBACK }
const HOUR = 3_600

/** A client that signs, and where its document and keys lie. */
interface Signer {
  readonly url: string
  readonly keysUrl: string
  readonly client: KeyClient
}

async function createSigner(name: string, alg?: string): Promise<Signer> {
  const url = `https://client.example/keys/${name}.json`
  return { url, keysUrl: `https://keys.example/${name}/jwks.json`, client: await createKeyClient(url, alg) }
}

const SIGNED = { token_endpoint_auth_method: 'private_key_jwt' }

const serveKeys = ({ keysUrl }: Signer, ...clients: readonly KeyClient[]): void =>
  world.host.serve(keysUrl, { keys: clients.flatMap(({ jwks }) => jwks.keys) })

function serveByUri(signer: Signer, members: Record<string, unknown> = {}): void {
  world.host.serve(signer.url, documentOf(signer.url, { ...SIGNED, jwks_uri: signer.keysUrl, ...members }))
  serveKeys(signer, signer.client)
}

const serveInline = ({ url, client }: Signer): void =>
  world.host.serve(url, documentOf(url, { ...SIGNED, jwks: client.jwks }))

async function codeOf(url: string, server: TestServer = world.server) {
  const request = authorization(server, url, sent)
  return { request, code: (await approve(server, request)).code }
}

/** From the authorization request to tokens, with a signature. */
async function connect({ url, client }: Signer): Promise<string> {
  const { request, code } = await codeOf(url)
  const answer = await redeem(world.server, request, code, { ...sent, ...(await proofOf(world.server, client)) })
  expect(answer).toMatchObject({ status: 200 })
  return String(answer.body.refresh_token)
}

const refreshSigned = async ({ url }: Signer, token: string, client: KeyClient, server: TestServer = world.server) =>
  refresh(server, url, token, await proofOf(world.server, client))

const passTime = (url: string, seconds: number): Promise<unknown> =>
  query(
    world.server,
    `UPDATE client_documents SET fetched_at = fetched_at - make_interval(secs => $2), checked_at = checked_at - make_interval(secs => $2),
       fresh_until = fresh_until - make_interval(secs => $2), keys_fetched_at = keys_fetched_at - make_interval(secs => $2) WHERE url = $1`,
    [url, seconds],
  )

/** Seconds since the keys behind the document were written down. */
async function keysAge(url: string): Promise<number> {
  const text = 'SELECT extract(epoch FROM now() - keys_fetched_at)::float8 AS age FROM client_documents WHERE url = $1'
  const [row] = await query(world.server, text, [url])
  return Number(row?.age)
}

const requestsFor = (url: string): number =>
  world.host.requests.filter((request) => `https://${request}` === url).length

describe('a document that says that its client signs', () => {
  it.each([
    { where: 'behind jwks_uri', alg: 'ES256', serve: serveByUri },
    { where: 'behind jwks_uri', alg: 'RS256', serve: serveByUri },
    { where: 'in the document', alg: 'EdDSA', serve: serveInline },
  ])(
    'gets tokens with a signature by a key $where ($alg), and refreshes them (AS-CIMD-11)',
    async ({ where, alg, serve }) => {
      const signer = await createSigner(`signs-${alg}-${where.at(-1)}`, alg)
      serve(signer)
      const token = await connect(signer)
      expect(await refreshSigned(signer, token, signer.client, other)).toMatchObject({ status: 200 })
    },
  )

  it.each([
    { what: 'no proof', proof: async () => ({}) },
    { what: 'a secret', proof: async () => ({ client_secret: 'x' }) },
    {
      what: 'a signature by another key of the same name',
      proof: async ({ url }: Signer) => proofOf(world.server, await createKeyClient(url)),
    },
    {
      what: 'the signature of another client',
      proof: async () => proofOf(world.server, await createKeyClient('https://client.example/keys/somebody.json')),
    },
  ])('gets nothing with $what, and the code is not used up (AS-CIMD-11)', async ({ proof, what }) => {
    const signer = await createSigner(`unproven-${what.replaceAll(' ', '-')}`)
    serveByUri(signer)
    const { request, code } = await codeOf(signer.url)
    const refused = await redeem(world.server, request, code, { ...sent, ...(await proof(signer)) })
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(refused.body.access_token).toBeUndefined()
    const proven = await redeem(world.server, request, code, {
      ...sent,
      ...(await proofOf(world.server, signer.client)),
    })
    expect(proven.status).toBe(200)
  })

  it('is refused before anybody signs in when its keys cannot be had', async () => {
    const signer = await createSigner('no-keys')
    serveByUri(signer)
    world.host.remove(signer.keysUrl)
    expect(await ask(world.server, signer.url, sent)).toMatchObject({ kind: 'page', status: 400 })
    expect(refusalsIn(world.server).at(-1)).toMatchObject({ code: 'SALLYPORT_E_CLIENT_DOCUMENT_KEYS' })
  })

  it.each([
    { what: 'neither jwks nor jwks_uri', members: {} },
    { what: 'both', members: { jwks: { keys: [] }, jwks_uri: 'https://keys.example/both.json' } },
    { what: 'a jwks_uri by http', members: { jwks_uri: 'http://keys.example/keys.json' } },
    { what: 'a jwks_uri on this machine (A45, A60)', members: { jwks_uri: 'https://127.0.0.1/keys.json' } },
    { what: 'a jwks_uri that is no text', members: { jwks_uri: ['https://keys.example/keys.json'] } },
    { what: 'no key', members: { jwks: { keys: [] } } },
    { what: 'something that is no key set', members: { jwks: [] } },
    { what: 'a shared key (A77)', members: { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } } },
    {
      what: 'a key of a kind that verifies nothing here',
      members: { jwks: { keys: [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'x' }] } },
    },
  ])('is refused with $what', async ({ members, what }) => {
    const url = `https://client.example/keys/bad-${what.replace(/\W+/g, '-').toLowerCase()}.json`
    world.host.serve(url, documentOf(url, { ...SIGNED, ...members }))
    expect(await ask(world.server, url, sent)).toMatchObject({ kind: 'page', status: 400 })
    expect(refusalsIn(world.server).at(-1)).toMatchObject({ code: 'SALLYPORT_E_CLIENT_DOCUMENT_KEYS' })
  })

  it('is refused when it publishes a private key', async () => {
    const signer = await createSigner('private')
    const { d } = { d: 'x'.repeat(43) }
    const keys = [{ ...signer.client.jwks.keys[0], d }]
    world.host.serve(signer.url, documentOf(signer.url, { ...SIGNED, jwks: { keys } }))
    expect(await ask(world.server, signer.url, sent)).toMatchObject({ kind: 'page', status: 400 })
  })

  it('keeps signing although it runs behind a scheme of its own as well', async () => {
    const signer = await createSigner('desktop')
    const redirect = 'cursor://anysphere.cursor-mcp/oauth/callback'
    serveByUri(signer, { redirect_uris: [CALLBACK, redirect] })
    const { request, code } = await codeOf(signer.url)
    expect(await redeem(world.server, request, code, sent)).toMatchObject({ status: 401 })
  })
})

describe('keys behind a jwks_uri', () => {
  it('are fetched behind requests when they are old, and before one when they are older than an hour', async () => {
    const signer = await createSigner('age')
    serveByUri(signer)
    let token = await connect(signer)
    const once = async () => {
      const answer = await refreshSigned(signer, token, signer.client)
      expect(answer.status).toBe(200)
      token = String(answer.body.refresh_token)
    }
    await once()
    expect(requestsFor(signer.keysUrl)).toBe(1)
    await passTime(signer.url, 700)
    await once()
    await expect.poll(() => requestsFor(signer.keysUrl)).toBe(2)
    // What was fetched is also written down, or it would be younger than the time that passes.
    await expect.poll(() => keysAge(signer.url)).toBeLessThan(600)
    await passTime(signer.url, HOUR + 1)
    await once()
    expect(requestsFor(signer.keysUrl)).toBe(3)
  })

  it('are believed for an hour when they cannot be had, and then not: 503, and the grant lives on', async () => {
    const signer = await createSigner('outage')
    serveByUri(signer)
    const token = await connect(signer)
    world.host.remove(signer.keysUrl)
    await passTime(signer.url, HOUR - 60)
    const answered = await refreshSigned(signer, token, signer.client)
    expect(answered.status).toBe(200)
    await passTime(signer.url, 120)
    const refused = await refreshSigned(signer, String(answered.body.refresh_token), signer.client)
    expect(refused).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } })
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    serveKeys(signer, signer.client)
    expect((await refreshSigned(signer, String(answered.body.refresh_token), signer.client)).status).toBe(200)
  })

  it('A80: are dead when they are missing from the set that was fetched', async () => {
    const signer = await createSigner('rotated')
    serveByUri(signer)
    const token = await connect(signer)
    const next = await createKeyClient(`${signer.url}`)
    serveKeys(signer, next)
    await passTime(signer.url, HOUR + 1)
    expect(await refreshSigned(signer, token, signer.client)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect((await refreshSigned(signer, token, next)).status).toBe(200)
  })

  it('are fetched once more for a key id that is not among them, but not for every one that somebody invents', async () => {
    const signer = await createSigner('new-key')
    serveByUri(signer)
    const token = await connect(signer)
    const made = await createKeyClient(signer.url)
    const next = { ...made, jwks: { keys: made.jwks.keys.map((key) => ({ ...key, kid: 'next' })) } }
    serveKeys(signer, signer.client, next)
    expect((await refreshSigned(signer, token, next)).status).toBe(401)
    expect(requestsFor(signer.keysUrl)).toBe(1)
    await passTime(signer.url, 31)
    expect((await refreshSigned(signer, token, next)).status).toBe(200)
    expect(requestsFor(signer.keysUrl)).toBe(2)
  })

  it('A80: prove nothing any more when the document names another place for keys', async () => {
    const signer = await createSigner('moved')
    serveByUri(signer)
    const token = await connect(signer)
    world.host.serve(signer.url, documentOf(signer.url, { ...SIGNED, jwks_uri: 'https://keys.example/moved-on.json' }))
    world.host.serve('https://keys.example/moved-on.json', signer.client.jwks)
    await passTime(signer.url, 600)
    expect(await ask(world.server, signer.url, sent)).toMatchObject({ kind: 'interaction' })
    expect(await refreshSigned(signer, token, signer.client)).toMatchObject({ status: 401 })
  })
})

describe('keys in the document', () => {
  it('A80: are dead for grants made before when the document has others, and people are asked again', async () => {
    const signer = await createSigner('inline-rotated')
    serveInline(signer)
    const token = await connect(signer)
    const next = await createKeyClient(signer.url)
    serveInline({ ...signer, client: next })
    await passTime(signer.url, HOUR + 1)
    for (const key of [signer.client, next]) expect((await refreshSigned(signer, token, key)).status).toBe(401)
    const place = await signIn(createPerson(world.server), authorization(world.server, signer.url, sent).url)
    expect(offeredScopes(place.html)).not.toEqual([])
  })

  it('are fetched again before a request when they are older than an hour', async () => {
    const signer = await createSigner('inline-age')
    world.host.serve(signer.url, documentOf(signer.url, { ...SIGNED, jwks: signer.client.jwks }), {
      'Cache-Control': 'max-age=86400',
    })
    const token = await connect(signer)
    await passTime(signer.url, HOUR + 1)
    expect((await refreshSigned(signer, token, signer.client)).status).toBe(200)
    expect(requestsFor(signer.url)).toBe(2)
  })
})

describe('a document as ChatGPT publishes it', () => {
  it.each([
    {
      shape: 'the method it prefers, and a list',
      members: { ...SIGNED, token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] },
    },
    { shape: 'a list alone', members: { token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] } },
  ])('signs, as it does where the server lists private_key_jwt ($shape)', async ({ members, shape }) => {
    const signer = await createSigner(`chatgpt-${shape.replace(/\W+/g, '-')}`, 'RS256')
    world.host.serve(
      signer.url,
      documentOf(signer.url, {
        client_name: 'ChatGPT',
        client_uri: 'https://client.example/',
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        token_endpoint_auth_signing_alg: 'RS256',
        jwks_uri: signer.keysUrl,
        logo_uri: '',
        scope: 'everything',
        ...members,
      }),
    )
    serveKeys(signer, signer.client)
    const token = await connect(signer)
    expect(await refresh(world.server, signer.url, token)).toMatchObject({ status: 401 })
    expect((await refreshSigned(signer, token, signer.client)).status).toBe(200)
  })
})

describe('what an assertion of such a client is made for', () => {
  it.each([
    { aud: () => world.server.issuer, taken: true },
    { aud: () => `${world.server.issuer}/token`, taken: true },
    { aud: () => `${world.server.issuer}/`, taken: false },
    { aud: () => `${world.server.issuer}/revoke`, taken: false },
    { aud: () => 'https://evil.example/token', taken: false },
    { aud: () => [`${world.server.issuer}/token`], taken: false },
    { aud: () => undefined, taken: false },
  ])('is our issuer or our token endpoint, as one string ($aud: $taken)', async ({ aud, taken }) => {
    const signer = await createSigner('audience')
    world.host.serve(signer.url, documentOf(signer.url, { ...SIGNED, jwks: signer.client.jwks }))
    await world.server.store.clientDocuments.end(signer.url, 'client-removed')
    const { request, code } = await codeOf(signer.url)
    const proof = await proofOf(world.server, signer.client, { claims: { aud: aud() } })
    expect((await redeem(world.server, request, code, { ...sent, ...proof })).status).toBe(taken ? 200 : 401)
  })
})
