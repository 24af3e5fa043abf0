import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectPage } from '../authorize/ask.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { createKeyClient, proofOf } from '../setup/key-client.ts'
import { createProofKey, showing } from '../setup/proof-key.ts'
import { push, pushedUrl } from '../setup/push.ts'
import { CALLBACK, documentOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const sent = { redirect_uri: CALLBACK }

describe('a client that is the URL of its document', () => {
  it('is held to what the document asks for: pushed requests and bound tokens (AS-PAR-01, AS-DPOP-03)', async () => {
    const { server, host } = world
    const url = 'https://client.example/strict.json'
    const asks = { require_pushed_authorization_requests: true, dpop_bound_access_tokens: true }
    host.serve(url, documentOf(url, asks))
    await expectPage(ask(server, url, sent), 'invalid_request')
    const request = authorization(server, url, sent)
    const { body } = await push(server, request)
    const { code } = await approve(server, { url: pushedUrl(server, url, body.request_uri) })
    expect(await redeem(server, request, code, sent)).toMatchObject({ body: { error: 'invalid_dpop_proof' } })
    const key = await createProofKey()
    const tokens = await redeem(server, request, code, sent, await showing(server, key))
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'DPoP' } })
    const token = String(tokens.body.refresh_token)
    expect((await refresh(server, url, token, {}, await showing(server, key))).status).toBe(200)
  })

  it('is met for the first time where it pushes, and proves itself by the keys its document names (AS-CIMD-11, A97)', async () => {
    const { server, host } = world
    const url = 'https://client.example/signs.json'
    const keysUrl = 'https://keys.example/signs/jwks.json'
    const client = await createKeyClient(url)
    host.serve(url, documentOf(url, { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: keysUrl }))
    host.serve(keysUrl, { keys: client.jwks.keys })
    const request = authorization(server, url, sent)
    expect((await push(server, request)).status).toBe(401)
    const proof = await proofOf(server, client)
    const { status, body } = await push(server, request, proof)
    expect(status).toBe(201)
    expect((await push(server, request, proof)).status).toBe(401)
    const { code } = await approve(server, { url: pushedUrl(server, url, body.request_uri) })
    const tokens = await redeem(server, request, code, { ...sent, ...(await proofOf(server, client)) })
    expect(tokens.status).toBe(200)
  })

  it('whose document cannot be had pushes nothing, and hears no more than that', async () => {
    const { server } = world
    const { status, body } = await push(server, authorization(server, 'https://client.example/gone.json', sent))
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_client' })
  })
})
