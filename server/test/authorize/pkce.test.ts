import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { register } from '../setup/flow.ts'
import { ask, askAgreed, expectRefusal, expectTaken, type Overrides } from './ask.ts'

let server: TestServer
let publicClient: string
let confidentialClient: string
beforeAll(async () => {
  server = await startTestServer()
  publicClient = await register(server)
  confidentialClient = await register(server, { token_endpoint_auth_method: 'client_secret_basic' })
})
afterAll(() => server.close())

const BAD: readonly { challenge: string; params: Overrides }[] = [
  { challenge: 'none at all (A18, AS-AZ-02)', params: { code_challenge: undefined, code_challenge_method: undefined } },
  { challenge: 'a method alone', params: { code_challenge: undefined } },
  { challenge: 'an empty one (A20)', params: { code_challenge: '' } },
  { challenge: 'the method plain (A19, AS-AZ-03)', params: { code_challenge_method: 'plain' } },
  { challenge: 'no method, which would mean plain (A19)', params: { code_challenge_method: undefined } },
  { challenge: 'the method s256 (A19)', params: { code_challenge_method: 's256' } },
  { challenge: 'the method S512 (A19)', params: { code_challenge_method: 'S512' } },
  { challenge: '42 characters (A20)', params: { code_challenge: 'a'.repeat(42) } },
  { challenge: '129 characters (A20)', params: { code_challenge: 'a'.repeat(129) } },
  { challenge: 'characters of plain base64 (A20)', params: { code_challenge: `${'a'.repeat(42)}+` } },
  { challenge: 'a padded digest (A20)', params: { code_challenge: `${'a'.repeat(43)}=` } },
  { challenge: 'two challenges (A13)', params: { code_challenge: ['a'.repeat(43), 'b'.repeat(43)] } },
]

describe.each([{ client: 'public' }, { client: 'confidential' }])(
  'a code challenge of a $client client',
  ({ client }) => {
    const clientId = (): string => (client === 'public' ? publicClient : confidentialClient)

    it.each(BAD)(
      'is refused, with iss and state, when it is $challenge (AS-AZ-07, AS-AZ-08, A39)',
      async ({ params }) => {
        await expectRefusal(server, askAgreed(server, clientId(), params), 'invalid_request')
      },
    )

    it('is taken when it is the S256 of a verifier', async () => {
      await expectTaken(ask(server, clientId()))
    })
  },
)

describe('a refused authorization request', () => {
  it('is in the log with its exact reason under the id the client was given (AS-OPS-05)', async () => {
    const params = await expectRefusal(
      server,
      askAgreed(server, publicClient, { code_challenge_method: 'plain' }),
      'invalid_request',
    )
    const entry = server.logged.find(
      ({ level, detail }) =>
        level === 'warn' && JSON.stringify(detail).includes(params.get('correlation_id') ?? 'no id'),
    )
    expect(entry).toMatchObject({
      message: 'authorization refused: invalid_request',
      detail: { code: params.get('error_code'), clientId: publicClient, reason: expect.any(String) },
    })
  })
})
