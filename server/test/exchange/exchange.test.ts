import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { register, tokenRequest } from '../setup/flow.ts'
import { proofOf } from '../setup/key-client.ts'
import { auditEvents } from '../setup/state.ts'
import {
  ACCESS_TOKEN,
  API,
  type Chain,
  claimsOf,
  exchange,
  FRONT,
  STORE,
  signIn,
  startChain,
  TOKEN_EXCHANGE,
} from './chain.ts'

let chain: Chain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain.server.close())

describe('the owner of a token’s audience', () => {
  it('gets a token for a resource that was opened to it: another audience, the same person, itself as actor (AS-TX-01, 03, 04, 07)', async () => {
    const { token, claims } = await signIn(chain)
    const answer = await exchange(chain.server, chain.front, token)
    expect(answer).toMatchObject({
      status: 200,
      body: { issued_token_type: ACCESS_TOKEN, token_type: 'Bearer', scope: 'mcp:issue:read' },
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(Object.keys(answer.body).sort()).toEqual([
      ...['access_token', 'expires_in', 'issued_token_type', 'scope', 'token_type'],
    ])
    const issued = claimsOf(answer)
    expect(issued).toEqual({
      iss: chain.server.issuer,
      aud: API,
      sub: claims.sub,
      client_id: 'front',
      scope: 'mcp:issue:read',
      act: { sub: 'front' },
      gid: claims.gid,
      cid: expect.stringMatching(/^req_/),
      auth_time: claims.auth_time,
      acr: claims.acr,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
    })
    expect(issued.exp).toBeLessThanOrEqual(Number(claims.exp))
    expect(issued.jti).not.toBe(claims.jti)
    expect(answer.body.expires_in).toBeGreaterThan(0)
  })

  it('hands on a chain: the second hop holds the first, and says the same correlation id (AS-TX-07)', async () => {
    const { token, claims } = await signIn(chain)
    const first = await exchange(chain.server, chain.front, token)
    const second = await exchange(chain.server, chain.api, String(first.body.access_token), { resource: STORE })
    expect(claimsOf(second)).toMatchObject({
      aud: STORE,
      sub: claims.sub,
      client_id: 'api',
      act: { sub: 'api', act: { sub: 'front' } },
      gid: claims.gid,
      cid: claimsOf(first).cid,
    })
    expect(Number(claimsOf(second).exp)).toBeLessThanOrEqual(Number(claimsOf(first).exp))
  })

  it.each([
    { named: 'an alias', form: { resource: `${API}/alias` } },
    { named: 'its audience', form: { resource: undefined, audience: API } },
    { named: 'both, which say the same', form: { audience: `${API}/` } },
    { named: 'the type it gets anyway', form: { requested_token_type: ACCESS_TOKEN } },
    { named: 'itself', form: { client_id: 'front' } },
  ])('may name $named', async ({ form }) => {
    const { token } = await signIn(chain)
    expect(claimsOf(await exchange(chain.server, chain.front, token, form)).aud).toBe(API)
  })

  it.each([
    {
      held: 'mcp:issue:write',
      asked: undefined,
      gets: 'mcp:issue:read mcp:issue:write',
      because: 'writing includes reading',
    },
    { held: 'mcp:issue:write', asked: 'mcp:issue:read', gets: 'mcp:issue:read', because: 'it asks for less' },
    {
      held: 'mcp:issue:read',
      asked: 'mcp:issue:read mcp:issue:write',
      gets: 'mcp:issue:read',
      because: 'it holds less',
    },
    {
      held: 'mcp:issue:read mcp:front:only',
      asked: 'mcp:front:only mcp:issue:read',
      gets: 'mcp:issue:read',
      because: 'the target has no such scope',
    },
  ])('that holds $held and asks for $asked gets $gets: $because (AS-TX-05, A130)', async ({ held, asked, gets }) => {
    const { token } = await signIn(chain, held)
    const answer = await exchange(chain.server, chain.front, token, { scope: asked })
    expect(answer).toMatchObject({ status: 200, body: { scope: gets } })
    expect(claimsOf(answer).scope).toBe(gets)
  })

  it('gets nothing that outlives what it gave, though the target would let it live longer (AS-TX-06, A137)', async () => {
    const { token, claims } = await signIn(chain, 'mcp:issue:write')
    const reading = await exchange(chain.server, chain.front, token, { scope: 'mcp:issue:read' })
    expect(Number(claimsOf(reading).exp)).toBe(Number(claims.exp))
  })

  it('does it again as often as it needs to: the subject token is not used up', async () => {
    const { token } = await signIn(chain)
    const answers = [await exchange(chain.server, chain.front, token), await exchange(chain.server, chain.front, token)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(new Set(answers.map((answer) => claimsOf(answer).jti)).size).toBe(2)
  })

  it('costs one commit, which is also the look at everything that may have ended', async () => {
    const { token } = await signIn(chain)
    await exchange(chain.server, chain.front, token)
    await chain.server.store.registry.current()
    const before = { ...chain.server.store.database.counts }
    await exchange(chain.server, chain.front, token)
    const { roundTrips, commits } = chain.server.store.database.counts
    expect(commits - before.commits).toBe(1)
    // One, and one more where the client was due to be read again.
    expect(roundTrips - before.roundTrips).toBeLessThanOrEqual(2)
  })
})

describe('the audit of an exchange (AS-TX-11, I10)', () => {
  it('says who, for whom, from which token to which, and where', async () => {
    const { token, claims, clientId } = await signIn(chain)
    const answer = await exchange(chain.server, chain.front, token)
    const [event] = (await auditEvents(chain.server, 'token.exchanged')).slice(-1)
    expect(event).toEqual({
      type: 'token.exchanged',
      outcome: 'allowed',
      code: null,
      account_id: claims.sub,
      client_id: 'front',
      resource_uri: API,
      grant_id: claims.gid,
      detail: {
        grantType: 'token-exchange',
        fromResource: FRONT,
        fromTokenId: claims.jti,
        tokenId: claimsOf(answer).jti,
        actors: ['front'],
        scopes: ['mcp:issue:read'],
        cid: claimsOf(answer).cid,
      },
    })
    expect(clientId).not.toBe('front')
    expect(JSON.stringify(event)).not.toContain(token)
  })

  it('has one event for each refusal, with the reason that the wire does not say', async () => {
    const { token, claims } = await signIn(chain)
    const before = await auditEvents(chain.server, 'token.refused')
    const answer = await exchange(chain.server, chain.stranger, token)
    const after = await auditEvents(chain.server, 'token.refused')
    expect(after.length).toBe(before.length + 1)
    expect(after.at(-1)).toMatchObject({
      outcome: 'refused',
      code: 'SALLYPORT_E_REQUEST',
      account_id: claims.sub,
      client_id: 'stranger',
      grant_id: claims.gid,
      detail: { reason: 'subject-not-for-this-client', fromTokenId: claims.jti, fromResource: FRONT },
    })
    expect(JSON.stringify(answer.body)).not.toContain(FRONT)
    const said = chain.server.logged.filter(({ message }) => message.startsWith('token request refused')).at(-1)
    expect(said?.detail).toMatchObject({
      reason: `subject-not-for-this-client audience=${FRONT}`,
      clientId: 'stranger',
    })
  })
})

describe('a client that did not come with a resource', () => {
  it('may not exchange: whoever registered itself, public or with a key (AS-TX-02, A131, A47)', async () => {
    const { token, clientId } = await signIn(chain)
    const form = { grant_type: TOKEN_EXCHANGE, subject_token: token, subject_token_type: ACCESS_TOKEN, resource: API }
    const publicly = await tokenRequest(chain.server, { ...form, client_id: clientId })
    expect(publicly).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } })
    const id = await register(chain.server, {
      redirect_uris: ['https://app.example/cb'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: chain.stranger.jwks,
      grant_types: [TOKEN_EXCHANGE],
    })
    const byKey = await exchange(chain.server, { ...chain.stranger, id }, token)
    expect(byKey).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } })
  })

  it('is asked who it is first (AS-TX-02)', async () => {
    const { token } = await signIn(chain)
    const without = { client_assertion: undefined, client_assertion_type: undefined }
    const nobody = await exchange(chain.server, chain.front, token, without)
    expect(nobody).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const named = await exchange(chain.server, chain.front, token, { ...without, client_id: 'front' })
    expect(named).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it('has no other use: nobody is sent to it, and it gets no token by itself', async () => {
    const url = `${chain.server.issuer}/authorize?response_type=code&client_id=front&redirect_uri=https://evil.example/cb`
    const response = await fetch(url, { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    for (const grant_type of ['authorization_code', 'refresh_token', 'client_credentials']) {
      const proof = await proofOf(chain.server, chain.front)
      const { status, body } = await tokenRequest(chain.server, { grant_type, code: 'x', refresh_token: 'x', ...proof })
      expect(status, grant_type).toBe(400)
      expect(body, grant_type).not.toHaveProperty('access_token')
    }
  })
})
