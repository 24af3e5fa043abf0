import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { register, signInAndRedeem } from '../setup/flow.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
})
afterAll(() => server.close())

const revoke = (form: Record<string, string>, headers?: Record<string, string>) =>
  postForm(server, '/revoke', form, headers)

async function isActive(token: string): Promise<boolean> {
  const { text } = await postForm(server, '/introspect', { token }, basic(CONFIDENTIAL.owner))
  return JSON.parse(text).active
}

describe('the request', () => {
  it.each([
    { what: 'nobody', form: {}, status: 400, error: 'invalid_request' },
    { what: 'a client that does not exist', form: { client_id: 'nobody' }, status: 401, error: 'invalid_client' },
    {
      what: 'a confidential client without its secret (A95)',
      form: { client_id: CONFIDENTIAL.owner.id },
      status: 401,
      error: 'invalid_client',
    },
    {
      what: 'a confidential client with a wrong secret',
      form: { client_id: CONFIDENTIAL.owner.id, client_secret: 'wrong' },
      status: 401,
      error: 'invalid_client',
    },
  ])('of $what is refused, whatever the token (AS-REV-01)', async ({ form, status, error }) => {
    const accessToken = String((await signInAndRedeem(server)).tokens.body.access_token)
    for (const token of [accessToken, 'unknown']) {
      const answer = await revoke({ token, ...form })
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([status, error])
    }
    expect(await isActive(accessToken)).toBe(true)
  })

  it.each([
    { what: 'without a token', send: (clientId: string) => revoke({ client_id: clientId }) },
    {
      what: 'with two tokens',
      send: (clientId: string) =>
        postForm(server, '/revoke', [
          ['client_id', clientId],
          ['token', 'a'],
          ['token', 'b'],
        ]),
    },
    {
      what: 'in JSON',
      send: (clientId: string) => revoke({ client_id: clientId, token: 'a' }, { 'Content-Type': 'application/json' }),
    },
    {
      what: 'with the token in the address',
      send: (clientId: string) => postForm(server, '/revoke?token=a', { client_id: clientId, token: 'a' }),
    },
  ])('$what is malformed', async ({ send }) => {
    const { status, text } = await send(await register(server))
    expect([status, JSON.parse(text).error]).toEqual([400, 'invalid_request'])
  })

  it('larger than any token is not read to its end (A94)', async () => {
    const { status } = await revoke({ client_id: 'x', token: 'x'.repeat(60_000) })
    expect(status).toBe(413)
  })

  it('is taken by POST only', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, headers } = await fetch(`${server.origin}/revoke`, { method })
      expect([status, headers.get('allow')]).toEqual([405, 'POST'])
    }
  })
})
