import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { query } from '../setup/state.ts'

/** A secret as operators make them: it reads differently once it is decoded as a form. */
const AWKWARD = 'q+3/7w==%41 50%off&c:d'
const PLAIN = 'a-secret-without-anything-to-encode-0123456789'

let server: TestServer
beforeAll(async () => {
  const redirectUris = ['https://portal.example/cb']
  server = await startTestServer({
    settings: {
      clients: [
        { id: 'awkward', name: 'Awkward', redirectUris, secret: secret(AWKWARD) },
        { id: 'plain', name: 'Plain', redirectUris, secret: secret(PLAIN) },
        { id: 'open', name: 'Open', redirectUris },
      ],
    },
  })
})
afterAll(() => server.close())

interface Credentials {
  readonly authorization?: string
  readonly form?: Record<string, string>
}

async function authenticate({ authorization, form = {} }: Credentials) {
  const response = await fetch(`${server.issuer}/token`, {
    method: 'POST',
    headers: authorization === undefined ? {} : { Authorization: authorization },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'unknown', ...form }),
  })
  const body: Record<string, string> = await response.json()
  return { status: response.status, error: body.error, challenge: response.headers.get('www-authenticate') }
}

const basic = (id: string, value: string): string => `Basic ${Buffer.from(`${id}:${value}`).toString('base64')}`
const encoded = (text: string): string => new URLSearchParams({ text }).toString().slice('text='.length)

/** Authentication is behind us when the refresh token is what is refused. */
const PASSED = { status: 400, error: 'invalid_grant' }

describe('a confidential client', () => {
  it.each([
    { where: 'at its beginning', wrong: `x${PLAIN.slice(1)}` },
    { where: 'at its end', wrong: `${PLAIN.slice(0, -1)}x` },
    { where: 'in its length', wrong: PLAIN.slice(0, -1) },
    { where: 'everywhere', wrong: 'x'.repeat(PLAIN.length) },
    { where: 'by what is stored of it', wrong: createHash('sha256').update(PLAIN).digest('base64url') },
  ])(
    'hears the same of a secret that is wrong $where: digests are compared, in constant time (A102)',
    async ({ wrong }) => {
      const answer = await authenticate({ authorization: basic('plain', wrong) })
      expect(answer).toMatchObject({ status: 401, error: 'invalid_client' })
      expect(answer).toEqual(await authenticate({ authorization: basic('plain', 'something else') }))
    },
  )

  it.each([
    { how: 'Basic, form-encoded', credentials: { authorization: basic('awkward', encoded(AWKWARD)) } },
    { how: 'Basic, percent-encoded', credentials: { authorization: basic('awkward', encodeURIComponent(AWKWARD)) } },
    { how: 'Basic, as it is, like both SDKs', credentials: { authorization: basic('awkward', AWKWARD) } },
    { how: 'Basic in lower case', credentials: { authorization: basic('plain', PLAIN).replace('Basic', 'basic') } },
    {
      how: 'Basic, with its id in the body',
      credentials: { authorization: basic('plain', PLAIN), form: { client_id: 'plain' } },
    },
    { how: 'the body', credentials: { form: { client_id: 'awkward', client_secret: AWKWARD } } },
  ] satisfies { how: string; credentials: Credentials }[])(
    'proves itself by $how (AS-TK-05, T-16)',
    async ({ credentials }) => {
      expect(await authenticate(credentials)).toMatchObject(PASSED)
    },
  )

  it('hears 401 with a challenge for a wrong secret in Basic (AS-TK-03)', async () => {
    for (const wrong of ['wrong', `${PLAIN}x`, PLAIN.slice(1), PLAIN.toUpperCase(), '%zz']) {
      const { status, error, challenge } = await authenticate({ authorization: basic('plain', wrong) })
      expect({ wrong, status, error }).toEqual({ wrong, status: 401, error: 'invalid_client' })
      expect(challenge).toMatch(new RegExp(`^Basic realm="${server.issuer}", error="invalid_client"`))
    }
  })

  it.each([
    { how: 'a wrong secret in the body', form: { client_id: 'plain', client_secret: 'wrong' } },
    { how: 'the stored digest', form: { client_id: 'plain', client_secret: 'STORED' } },
    { how: 'no secret (A95)', form: { client_id: 'plain' } },
    { how: 'an empty secret (A95)', form: { client_id: 'plain', client_secret: '' } },
    { how: 'the secret of another client', form: { client_id: 'plain', client_secret: AWKWARD } },
  ])('hears 401 for $how', async ({ form }) => {
    const [row] = await query(server, `SELECT metadata ->> 'client_secret' AS stored FROM clients WHERE id = 'plain'`)
    const filled = Object.entries(form).map(([name, value]) => [name, value === 'STORED' ? String(row?.stored) : value])
    expect(await authenticate({ form: Object.fromEntries(filled) })).toMatchObject({
      status: 401,
      error: 'invalid_client',
    })
  })

  it.each([
    {
      how: 'Basic and the body at once (A95, AS-TK-06)',
      credentials: { authorization: basic('plain', PLAIN), form: { client_id: 'plain', client_secret: PLAIN } },
    },
    {
      how: 'Basic and an assertion at once (A96)',
      credentials: {
        authorization: basic('plain', PLAIN),
        form: { client_assertion: 'x', client_assertion_type: 'y' },
      },
    },
    { how: 'two ids', credentials: { authorization: basic('plain', PLAIN), form: { client_id: 'awkward' } } },
    { how: 'Bearer', credentials: { authorization: 'Bearer x', form: { client_id: 'plain' } } },
    { how: 'Basic that is no base64', credentials: { authorization: 'Basic ***' } },
    { how: 'Basic with a null character', credentials: { authorization: basic('plain', 'a%00b') } },
    { how: 'Basic without a colon', credentials: { authorization: `Basic ${btoa('plain')}` } },
    { how: 'Basic without an id', credentials: { authorization: basic('', PLAIN) } },
  ] satisfies { how: string; credentials: Credentials }[])('hears 400 for $how', async ({ credentials }) => {
    expect(await authenticate(credentials)).toMatchObject({ status: 400, error: 'invalid_request' })
  })

  it('does not become a public one by an assertion that nobody reads (A96)', async () => {
    const assertion = {
      client_assertion: 'e30.e30.e30',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }
    expect(await authenticate({ form: { client_id: 'plain', ...assertion } })).toMatchObject({
      status: 401,
      error: 'invalid_client',
    })
  })
})

describe('a public client', () => {
  it('names itself and needs nothing else', async () => {
    expect(await authenticate({ form: { client_id: 'open' } })).toMatchObject(PASSED)
  })

  it.each([
    { how: 'in the body', credentials: { form: { client_id: 'open', client_secret: 'anything' } } },
    { how: 'in Basic', credentials: { authorization: basic('open', 'anything') } },
  ])('hears 401 when it sends a secret $how (A95)', async ({ credentials }) => {
    expect(await authenticate(credentials)).toMatchObject({ status: 401, error: 'invalid_client' })
  })
})

describe('a client that is not here', () => {
  it.each([
    { how: 'a public one', credentials: { form: { client_id: 'nobody' } } },
    { how: 'one with a secret', credentials: { form: { client_id: 'nobody', client_secret: 'x' } } },
    { how: 'one with Basic', credentials: { authorization: basic('nobody', 'x') } },
    { how: 'one with a document', credentials: { form: { client_id: 'https://client.example/metadata.json' } } },
  ])('hears 401 invalid_client, so that it registers again: $how (AS-TK-03, T-19)', async ({ credentials }) => {
    expect(await authenticate(credentials)).toMatchObject({ status: 401, error: 'invalid_client' })
  })
})

describe('a client secret', () => {
  it('is kept as a digest only, and is in no log (AS-RT-09, AS-OPS-02)', async () => {
    const stored = JSON.stringify(await query(server, 'SELECT * FROM clients'))
    expect(stored).toContain('sha256:')
    for (const text of [JSON.stringify(AWKWARD).slice(1, -1), PLAIN, PLAIN.slice(0, 20)]) {
      expect(stored).not.toContain(text)
      expect(JSON.stringify(server.logged)).not.toContain(text)
    }
  })
})
