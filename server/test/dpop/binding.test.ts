import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register } from '../setup/flow.ts'
import { createProofKey, type ProofKey, showing } from '../setup/proof-key.ts'
import { auditEvents, passTime } from '../setup/state.ts'

const DEAD = { status: 400, body: { error: 'invalid_grant' } }
const UNPROVEN = { status: 400, body: { error: 'invalid_dpop_proof', error_code: 'SALLYPORT_E_DPOP_PROOF' } }

let server: TestServer
let key: ProofKey
let other: ProofKey
const browser = createBrowser()
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
  ;[key, other] = await Promise.all([createProofKey(), createProofKey()])
})
afterAll(() => server.close())

async function newCode(metadata: Record<string, unknown> = {}, overrides: Record<string, string> = {}) {
  const clientId = await register(server, metadata)
  const request = authorization(server, clientId, overrides)
  const { code } = await approve(server, request, {}, browser)
  return { clientId, request, code }
}

async function boundTokens() {
  const { clientId, request, code } = await newCode()
  const { body } = await redeem(server, request, code, {}, await showing(server, key))
  return { clientId, accessToken: String(body.access_token), refreshToken: String(body.refresh_token) }
}

async function refusalsOf(clientId: string) {
  return (await auditEvents(server, 'token.refused')).filter((event) => event.client_id === clientId)
}

describe('a token request with a proof', () => {
  it('gets a token that names its key and says that it is bound (AS-DPOP-02)', async () => {
    const { request, code } = await newCode()
    const { status, body } = await redeem(server, request, code, {}, await showing(server, key))
    expect({ status, type: body.token_type }).toEqual({ status: 200, type: 'DPoP' })
    expect(decodeJwt(String(body.access_token))).toMatchObject({ cnf: { jkt: key.thumbprint } })
  })

  it('gets what introspection tells with the key and the type (AS-INT-01)', async () => {
    const { accessToken: token } = await boundTokens()
    const { text } = await postForm(server, '/introspect', { token }, basic(CONFIDENTIAL.owner))
    expect(JSON.parse(text)).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: key.thumbprint } })
  })

  it('without one gets what it always got', async () => {
    const { request, code } = await newCode()
    const { body, headers } = await redeem(server, request, code)
    expect(body.token_type).toBe('Bearer')
    expect(decodeJwt(String(body.access_token))).not.toHaveProperty('cnf')
    expect(headers.has('dpop-nonce')).toBe(false)
  })
})

describe('a client that gets only bound tokens', () => {
  it('is told so when it registers, and is refused without a proof, which uses nothing up (AS-DPOP-03)', async () => {
    const { request, code, clientId } = await newCode({ dpop_bound_access_tokens: true })
    expect(await redeem(server, request, code)).toMatchObject(UNPROVEN)
    const tokens = await redeem(server, request, code, {}, await showing(server, key))
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
    const token = String(tokens.body.refresh_token)
    expect(await refresh(server, clientId, token)).toMatchObject(UNPROVEN)
    expect(await refresh(server, clientId, token, {}, await showing(server, key))).toMatchObject({ status: 200 })
  })

  it('hears what it registered, and nothing of it when it did not ask', async () => {
    const answer = async (metadata: object): Promise<unknown> => {
      const body = JSON.stringify({ redirect_uris: ['https://app.example/cb'], ...metadata })
      const headers = { 'Content-Type': 'application/json' }
      return (await fetch(`${server.issuer}/register`, { method: 'POST', headers, body })).json()
    }
    expect(await answer({ dpop_bound_access_tokens: true })).toMatchObject({ dpop_bound_access_tokens: true })
    expect(await answer({ dpop_bound_access_tokens: null })).not.toHaveProperty('dpop_bound_access_tokens')
    expect(await answer({})).not.toHaveProperty('dpop_bound_access_tokens')
    expect(await answer({ dpop_bound_access_tokens: 'yes' })).toMatchObject({ error: 'invalid_client_metadata' })
  })

  it('can be one of the settings', async () => {
    const id = 'bound'
    const client = { id, name: id, redirectUris: ['http://127.0.0.1/callback'], dpopBoundAccessTokens: true }
    const strict = await startTestServer({ settings: { clients: [client] } })
    const request = authorization(strict, id)
    const { code } = await approve(strict, request)
    expect(await redeem(strict, request, code)).toMatchObject(UNPROVEN)
    expect((await redeem(strict, request, code, {}, await showing(strict, key))).status).toBe(200)
    await strict.close()
  })
})

describe('the refresh token of a public client', () => {
  it('is bound to the key: another one, or none, is refused with an alarm, and the family lives on (AS-DPOP-05, A107)', async () => {
    const { clientId, refreshToken } = await boundTokens()
    expect(await refresh(server, clientId, refreshToken, {}, await showing(server, other))).toMatchObject(DEAD)
    expect(await refresh(server, clientId, refreshToken)).toMatchObject(DEAD)
    const refused = { outcome: 'refused', detail: { foreignKey: true, foreignClient: false, killed: false } }
    expect(await refusalsOf(clientId)).toMatchObject([refused, refused])
    const next = await refresh(server, clientId, refreshToken, {}, await showing(server, key))
    expect(next).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
    expect(decodeJwt(String(next.body.access_token))).toMatchObject({ cnf: { jkt: key.thumbprint } })
    const again = await refresh(server, clientId, String(next.body.refresh_token), {}, await showing(server, other))
    expect(again).toMatchObject(DEAD)
  })

  it('is answered within the grace window to the same key alone (A107, AS-RT-03)', async () => {
    const { clientId, refreshToken } = await boundTokens()
    const first = await refresh(server, clientId, refreshToken, {}, await showing(server, key))
    expect(await refresh(server, clientId, refreshToken, {}, await showing(server, other))).toMatchObject(DEAD)
    expect(await refresh(server, clientId, refreshToken)).toMatchObject(DEAD)
    const again = await refresh(server, clientId, refreshToken, {}, await showing(server, key))
    expect(again).toMatchObject({ status: 200, body: { refresh_token: first.body.refresh_token, token_type: 'DPoP' } })
  })

  it('ends its family after the window when it comes with the key, and does no harm without (A104, A107, I4)', async () => {
    const { clientId, refreshToken } = await boundTokens()
    const first = await refresh(server, clientId, refreshToken, {}, await showing(server, key))
    await passTime(server, 61)
    expect(await refresh(server, clientId, refreshToken, {}, await showing(server, other))).toMatchObject(DEAD)
    expect(await refresh(server, clientId, refreshToken)).toMatchObject(DEAD)
    const second = await refresh(server, clientId, String(first.body.refresh_token), {}, await showing(server, key))
    expect(second.status).toBe(200)
    expect(await refresh(server, clientId, refreshToken, {}, await showing(server, key))).toMatchObject(DEAD)
    const last = await refresh(server, clientId, String(second.body.refresh_token), {}, await showing(server, key))
    expect(last).toMatchObject(DEAD)
  })
})

describe('a code that is bound to a key by dpop_jkt', () => {
  it('is redeemed by that key alone, and a wrong one does not use it up (AS-DPOP-05)', async () => {
    const { clientId, request, code } = await newCode({}, { dpop_jkt: key.thumbprint })
    expect(await redeem(server, request, code)).toMatchObject(DEAD)
    expect(await redeem(server, request, code, {}, await showing(server, other))).toMatchObject(DEAD)
    expect(await refusalsOf(clientId)).toMatchObject([
      { detail: { foreignKey: true } },
      { detail: { foreignKey: true } },
    ])
    expect((await redeem(server, request, code, {}, await showing(server, key))).status).toBe(200)
  })
})

describe('a confidential client', () => {
  it('may change its key: what binds its refresh token is how it proves itself (RFC 9449 §5)', async () => {
    const { owner } = CONFIDENTIAL
    const request = authorization(server, owner.id, { redirect_uri: 'https://portal.example/cb' })
    const { code } = await approve(server, request, {}, browser)
    const proof = { redirect_uri: 'https://portal.example/cb', client_secret: owner.secret }
    const tokens = await redeem(server, request, code, proof, await showing(server, key))
    const secret = { client_secret: owner.secret }
    const token = String(tokens.body.refresh_token)
    const next = await refresh(server, owner.id, token, secret, await showing(server, other))
    expect(decodeJwt(String(next.body.access_token))).toMatchObject({ cnf: { jkt: other.thumbprint } })
  })
})
