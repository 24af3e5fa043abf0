import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signAgain } from '../setup/access-tokens.ts'
import { signInAndRedeem } from '../setup/flow.ts'
import { proofOf } from '../setup/key-client.ts'
import { ACCESS_TOKEN, API, type Chain, claimsOf, exchange, FRONT, STORE, signIn, startChain } from './chain.ts'

let chain: Chain
let token: string
beforeAll(async () => {
  chain = await startChain()
  ;({ token } = await signIn(chain))
})
afterAll(() => chain.server.close())

const now = (): number => Math.floor(Date.now() / 1000)
const nested = (depth: number): unknown => {
  return Array.from({ length: depth }, (_, at) => `actor-${at}`).reduce<unknown>(
    (act, sub) => ({ sub, act }),
    undefined,
  )
}

async function refusalOf(subjectToken: string, form: Record<string, string | undefined> = {}, client = chain.front) {
  const { status, body } = await exchange(chain.server, client, subjectToken, form)
  expect(body).not.toHaveProperty('access_token')
  return { status, error: body.error }
}
const refused = (error: string) => ({ status: 400, error })

describe('an exchange is refused with invalid_request', () => {
  it.each([
    { because: 'nothing is to be exchanged, whoever asks (A132)', form: { subject_token: undefined } },
    { because: 'the subject token is empty (A132)', form: { subject_token: '' } },
    { because: 'its type is not said', form: { subject_token_type: undefined } },
    {
      because: 'it is called an ID token (A133)',
      form: { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    },
    {
      because: 'it is called a refresh token (A133)',
      form: { subject_token_type: ACCESS_TOKEN.replace('access', 'refresh') },
    },
    { because: 'it is called any JWT (A133)', form: { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' } },
    {
      because: 'a refresh token is asked for (A138)',
      form: { requested_token_type: ACCESS_TOKEN.replace('access', 'refresh') },
    },
    { because: 'any JWT is asked for (A138)', form: { requested_token_type: 'urn:ietf:params:oauth:token-type:jwt' } },
    {
      because: 'an assertion for another server is asked for (AS-TX-14)',
      form: { requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag' },
    },
    { because: 'an actor is named by a token (A134)', form: { actor_token: 'x', actor_token_type: ACCESS_TOKEN } },
    { because: 'an actor token comes without its type (A134)', form: { actor_token: 'x' } },
    { because: 'an actor token type comes without its token (A134)', form: { actor_token_type: ACCESS_TOKEN } },
  ])('when $because', async ({ form }) => {
    expect(await refusalOf(token, form)).toEqual(refused('invalid_request'))
  })

  it.each([
    { because: 'is bound to a key, which nobody shows (A139, AS-TX-09)', claims: { cnf: { jkt: 'x'.repeat(43) } } },
    { because: 'is bound to a certificate', claims: { cnf: { 'x5t#S256': 'x'.repeat(43) } } },
    { because: 'is bound to what cannot be read', claims: { cnf: 'x' } },
    { because: 'has ended (A133)', claims: { exp: now() - 1 } },
    { because: 'is about to end', claims: { exp: now() + 1 } },
    { because: 'ends with a fraction', claims: { exp: now() + 100.5 } },
    { because: 'never ends', claims: { exp: undefined } },
    { because: 'is for two servers', claims: { aud: [FRONT, API] } },
    { because: 'is for a list with one server', claims: { aud: [FRONT] } },
    { because: 'is for nobody', claims: { aud: undefined } },
    { because: 'is of another issuer (A133)', claims: { iss: 'https://evil.example' } },
    { because: 'hangs on no grant', claims: { gid: undefined } },
    { because: 'has no id', claims: { jti: undefined } },
    { because: 'has scopes in a list', claims: { scope: ['mcp:issue:read'] } },
    { because: 'has no scopes', claims: { scope: undefined } },
    { because: 'names an actor that cannot be read (A134)', claims: { act: 'front' } },
    { because: 'names an actor without a name (A134)', claims: { act: { client_id: 'front' } } },
    { because: 'has a chain with a hole (A134)', claims: { act: { sub: 'a', act: { act: { sub: 'b' } } } } },
    { because: 'has a chain of five actors: the sixth is refused (A134, AS-TX-10)', claims: { act: nested(5) } },
    { because: 'lets another one act (A135)', claims: { may_act: { sub: 'api' } } },
    { because: 'lets somebody act who cannot be read (A135)', claims: { may_act: 'front' } },
    { because: 'has a correlation id that is none', claims: { cid: 7 } },
  ])('when the subject token $because', async ({ claims }) => {
    expect(await refusalOf(await signAgain(chain.server, token, { claims }))).toEqual(refused('invalid_request'))
  })

  it.each([
    { is: 'an ID token', header: { typ: 'JWT' } },
    { is: 'a token of no type', header: { typ: undefined } },
    { is: 'a DPoP proof', header: { typ: 'dpop+jwt' } },
    { is: 'an assertion of ours for another server (AS-TX-14)', header: { typ: 'oauth-id-jag+jwt' } },
  ])('when the subject token is $is, signed by us (A133)', async ({ header }) => {
    const other = await signAgain(chain.server, token, { header: header as never })
    expect(await refusalOf(other)).toEqual(refused('invalid_request'))
  })

  it('when the subject token was not signed by us, whatever it says (A133, AS-TX-12)', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const [, payload = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(privateKey)
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`
    const { refreshToken } = await signIn(chain)
    for (const wrong of [forged, unsigned, refreshToken, token.slice(0, -4), 'x', 'a.b.c']) {
      expect(await refusalOf(wrong)).toEqual(refused('invalid_request'))
    }
  })

  it('when the token was made for another server: no passthrough (A127, AS-TX-03)', async () => {
    expect(await refusalOf(token, {}, chain.stranger)).toEqual(refused('invalid_request'))
    expect(await refusalOf(token, { resource: STORE }, chain.api)).toEqual(refused('invalid_request'))
    const { tokens } = await signInAndRedeem(chain.server)
    expect(await refusalOf(String(tokens.body.access_token))).toEqual(refused('invalid_request'))
  })

  it('when a token that was exchanged comes back to the one who exchanged it (A136)', async () => {
    const first = await exchange(chain.server, chain.front, token)
    for (const resource of [API, STORE, FRONT]) {
      const again = await refusalOf(String(first.body.access_token), { resource })
      expect(again, resource).toEqual(refused('invalid_request'))
    }
  })
})

describe('an exchange is refused with invalid_target', () => {
  it.each([
    { because: 'no resource is named (A119)', form: { resource: undefined } },
    { because: 'the resource is unknown (A120, A128)', form: { resource: 'https://nobody.example' } },
    { because: 'it is the id of a resource', form: { resource: 'api' } },
    { because: 'it is an address below one (A123)', form: { resource: `${API}/x` } },
    { because: 'it is no address (A121)', form: { resource: 'urn:x' } },
    { because: 'it was opened to nobody (A128)', form: { resource: 'https://closed.example' } },
    { because: 'it was opened to another one (A128)', form: { resource: STORE } },
    { because: 'it is the server itself: there is nothing to exchange (AS-TX-04)', form: { resource: FRONT } },
    { because: 'the audience is a name and no resource (A129)', form: { resource: undefined, audience: 'api' } },
    { because: 'the audience is unknown beside a known resource (A129)', form: { audience: 'https://nobody.example' } },
    { because: 'audience and resource are two (A129)', form: { audience: 'https://strange.example' } },
  ])('when $because', async ({ form }) => {
    expect(await refusalOf(token, form)).toEqual(refused('invalid_target'))
  })

  it('when two resources are named: one token, one audience (A124)', async () => {
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      resource: API,
      ...(await proofOf(chain.server, chain.front)),
    })
    form.append('resource', 'https://strange.example')
    const response = await fetch(`${chain.server.issuer}/token`, { method: 'POST', body: form })
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_target'])
  })

  it('when the way leads back to where the token was, although it is open (A136, AS-TX-10)', async () => {
    const first = await exchange(chain.server, chain.front, token)
    expect(claimsOf(first).aud).toBe(API)
    const back = await refusalOf(String(first.body.access_token), { resource: FRONT }, chain.api)
    expect(back).toEqual(refused('invalid_target'))
  })
})

describe('an exchange is refused with invalid_scope', () => {
  it.each([
    { because: 'it asks for what the token does not hold (A130, AS-TX-05)', scope: 'mcp:issue:write' },
    { because: 'it asks for what only the target has', scope: 'mcp:api:only' },
    { because: 'it asks for what only the source has', scope: 'mcp:front:only' },
    { because: 'it asks for what nobody has (A125)', scope: 'mcp:* admin' },
    { because: 'it asks for what never stands in a token', scope: 'mcp:issue:erase' },
    { because: 'it asks for something that is no scope', scope: 'a"b' },
  ])('when $because', async ({ scope }) => {
    expect(await refusalOf(token, { scope })).toEqual(refused('invalid_scope'))
  })

  it('when the token holds nothing that the target knows', async () => {
    const { token: other } = await signIn(chain, 'mcp:front:only')
    expect(await refusalOf(other)).toEqual(refused('invalid_scope'))
  })

  it('when the token says more than the tools file of its server knows today', async () => {
    const invented = await signAgain(chain.server, token, { claims: { scope: 'mcp:api:only' } })
    expect(await refusalOf(invented, { scope: 'mcp:api:only' })).toEqual(refused('invalid_scope'))
  })
})

describe('an exchange that was made', () => {
  it('is of no use where it does not belong: its token is refused as a subject by everybody but its audience', async () => {
    const first = String((await exchange(chain.server, chain.front, token)).body.access_token)
    const second = String((await exchange(chain.server, chain.api, first, { resource: STORE })).body.access_token)
    for (const client of [chain.front, chain.api, chain.stranger]) {
      for (const resource of [FRONT, API, STORE]) {
        expect(await refusalOf(second, { resource }, client)).toEqual(refused('invalid_request'))
      }
    }
  })

  it('leaves no refresh token, and cannot be refreshed (AS-TX-06)', async () => {
    const answer = await exchange(chain.server, chain.front, token)
    expect(answer.body).not.toHaveProperty('refresh_token')
    expect(answer.body).not.toHaveProperty('id_token')
  })
})
