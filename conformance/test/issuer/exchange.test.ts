import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../../src/issuer/hostile-issuer.ts'

const HERE = 'https://mcp.example.com/mcp'
const DOWNSTREAM = 'http://127.0.0.1:9502/downstream'
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

let issuer: HostileIssuer
beforeEach(async () => {
  issuer = await createHostileIssuer()
})
afterEach(() => issuer.close())

async function exchange(
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const body = new URLSearchParams({ grant_type: TOKEN_EXCHANGE, ...fields })
  const response = await fetch(`${issuer.issuer}/token`, { method: 'POST', body, headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('the hostile issuer exchanges a token (RFC 8693)', () => {
  it.each([
    ['resource', { client_id: 'notes' }, {}],
    ['audience', {}, { authorization: `Basic ${Buffer.from('notes:secret').toString('base64')}` }],
  ])('for the %s that is named, with its user and who acts for them', async (member, fields, headers) => {
    const token = await issuer.mint(HERE, { claims: { sub: 'alice' } })
    const { status, body } = await exchange({ subject_token: token, [member]: DOWNSTREAM, ...fields }, headers)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) })
    const issued = String(body.access_token)
    expect(decodeJwt(issued)).toMatchObject({ sub: 'alice', aud: DOWNSTREAM, act: { sub: 'notes' } })
    expect(issuer.exchanges).toEqual([{ subjectToken: token, targets: [DOWNSTREAM], client: 'notes', token: issued }])
  })

  it.each([
    ['a token that it never made', async () => ({ subject_token: 'x.y.z', resource: DOWNSTREAM })],
    ['a token without a target', async () => ({ subject_token: await issuer.mint(HERE) })],
    [
      'a token that has expired',
      async () => ({ subject_token: await issuer.mint(HERE, { claims: { exp: 1_000 } }), resource: DOWNSTREAM }),
    ],
  ])('refuses %s', async (_, fieldsOf) => {
    expect((await exchange({ ...(await fieldsOf()) } as Record<string, string>)).status).toBe(400)
    expect(issuer.exchanges.map(({ token }) => token)).toEqual([undefined])
  })

  it('not while it is told to refuse, when everything else goes on', async () => {
    const fields = { subject_token: await issuer.mint(HERE), resource: DOWNSTREAM }
    issuer.setExchanging(false)
    expect((await exchange(fields)).body).toEqual({ error: 'invalid_target' })
    expect((await fetch(issuer.jwksUri)).status).toBe(200)
    issuer.setExchanging(true)
    expect((await exchange(fields)).status).toBe(200)
  })
})
