import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, type Chain, claimsOf, exchange, STORE, signIn, startChain } from '../exchange/chain.ts'
import { postForm } from '../setup/access-tokens.ts'
import { refresh } from '../setup/flow.ts'
import { type KeyClient, proofOf } from '../setup/key-client.ts'
import { query } from '../setup/state.ts'

const INACTIVE = { active: false }

let chain: Chain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain.server.close())

async function introspect(token: string, client: KeyClient): Promise<Record<string, unknown>> {
  const { status, text } = await postForm(chain.server, '/introspect', {
    token,
    ...(await proofOf(chain.server, client)),
  })
  expect(status).toBe(200)
  return JSON.parse(text)
}

/** What a person's client holds, and what the MCP server made of it. */
async function delegate() {
  const held = await signIn(chain)
  const answer = await exchange(chain.server, chain.front, held.token)
  expect(answer.status).toBe(200)
  return { ...held, exchanged: String(answer.body.access_token), exchangedClaims: claimsOf(answer) }
}

const giveBack = (clientId: string, token: string) => postForm(chain.server, '/revoke', { client_id: clientId, token })

describe('a token that was made from another', () => {
  it('is told about to the owner of its own audience, with who acts, and to nobody before or after it (AS-INT-01, AS-TX-07, A116)', async () => {
    const { token, exchanged, exchangedClaims } = await delegate()
    expect(await introspect(exchanged, chain.api)).toEqual({ active: true, ...exchangedClaims, token_type: 'Bearer' })
    expect(exchangedClaims).toMatchObject({ aud: API, act: { sub: chain.front.id }, client_id: chain.front.id })
    expect(await introspect(exchanged, chain.front)).toEqual(INACTIVE)
    expect(await introspect(exchanged, chain.stranger)).toEqual(INACTIVE)
    expect(await introspect(token, chain.api)).toEqual(INACTIVE)
    expect(await introspect(token, chain.front)).toMatchObject({ active: true })
  })

  it.each(['the access token', 'the refresh token'])(
    'ends when the client of the person gives back %s: nothing more comes of the grant, on any hop (I3, AS-REV-02)',
    async (what) => {
      const { token, refreshToken, exchanged, clientId } = await delegate()
      expect((await giveBack(clientId, what === 'the access token' ? token : refreshToken)).status).toBe(200)
      expect(await introspect(token, chain.front)).toEqual(INACTIVE)
      expect(await introspect(exchanged, chain.api)).toEqual(INACTIVE)
      expect((await exchange(chain.server, chain.front, token)).status).toBe(400)
      expect((await exchange(chain.server, chain.api, exchanged, { resource: STORE })).status).toBe(400)
      expect((await refresh(chain.server, clientId, refreshToken)).status).toBe(400)
    },
  )

  it('is not active while a server that acted on the way to it is no longer a client here (A137)', async () => {
    const { exchanged } = await delegate()
    await query(chain.server, `UPDATE clients SET id = 'gone' WHERE id = 'front'`)
    expect(await introspect(exchanged, chain.api)).toEqual(INACTIVE)
    await query(chain.server, `UPDATE clients SET id = 'front' WHERE id = 'gone'`)
    expect(await introspect(exchanged, chain.api)).toMatchObject({ active: true })
  })

  it('cannot be taken back alone by the server that made it, nor by the client of the person (AS-REV-01)', async () => {
    const { exchanged, clientId } = await delegate()
    const form = { token: exchanged, ...(await proofOf(chain.server, chain.front)) }
    const { status, text } = await postForm(chain.server, '/revoke', form)
    expect([status, JSON.parse(text).error]).toEqual([400, 'unsupported_token_type'])
    expect(await giveBack(clientId, exchanged)).toMatchObject({ status: 200, text: '' })
    expect(await introspect(exchanged, chain.api)).toMatchObject({ active: true })
  })

  it('does not let a server end the grant of the person whose token it was shown (A114)', async () => {
    const { token, refreshToken, clientId } = await delegate()
    const form = { token, ...(await proofOf(chain.server, chain.front)) }
    expect(await postForm(chain.server, '/revoke', form)).toMatchObject({ status: 200, text: '' })
    expect(await introspect(token, chain.front)).toMatchObject({ active: true })
    expect((await refresh(chain.server, clientId, refreshToken)).status).toBe(200)
  })
})

describe('the assertion that proves a client is good for one request (AS-TK-07)', () => {
  it('to introspect: the second time tells nothing', async () => {
    const { token } = await delegate()
    const form = { token, ...(await proofOf(chain.server, chain.front)) }
    expect(JSON.parse((await postForm(chain.server, '/introspect', form)).text)).toMatchObject({ active: true })
    const again = await postForm(chain.server, '/introspect', form)
    expect([again.status, JSON.parse(again.text).error]).toEqual([401, 'invalid_client'])
  })

  it('to revoke: the second time is refused, whatever it names', async () => {
    const proof = await proofOf(chain.server, chain.front)
    expect((await postForm(chain.server, '/revoke', { token: 'unknown', ...proof })).status).toBe(200)
    const { token } = await delegate()
    expect((await postForm(chain.server, '/revoke', { token, ...proof })).status).toBe(401)
  })
})
