import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countConnects } from '../egress/connections.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { REDIRECT, tokenRequest } from '../setup/flow.ts'
import { ASSERTION_TYPE, createKeyClient, type KeyClient, proofOf, signAssertion } from '../setup/key-client.ts'

let server: TestServer
let robot: KeyClient
/** The attacker's own key, under the robot's name. */
let impostor: KeyClient
beforeAll(async () => {
  robot = await createKeyClient('robot')
  impostor = await createKeyClient('robot')
  const { id, jwks } = robot
  server = await startTestServer({ settings: { clients: [{ id, name: id, redirectUris: [REDIRECT], jwks }] } })
})
afterAll(() => server.close())

async function authenticate(assertion: string) {
  const { status, body } = await tokenRequest(server, {
    ...{ grant_type: 'refresh_token', refresh_token: 'unknown' },
    ...{ client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
  })
  return { status, error: body.error }
}
const REFUSED = { status: 401, error: 'invalid_client' }

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('an assertion whose header says where its key is', () => {
  const named = (): Record<string, unknown>[] => [
    { jku: 'https://evil.example/keys.json' },
    { x5u: 'https://evil.example/key.pem' },
    { x5c: ['MIIB'] },
    { jwk: impostor.jwks.keys[0] },
    { jku: 'http://127.0.0.1:1/keys', jwk: impostor.jwks.keys[0], x5u: 'file:///etc/passwd' },
  ]

  it('is judged by the registered key alone, and nobody is asked for another (A100)', async () => {
    const connects = countConnects()
    const assertions = await Promise.all(named().map((header) => signAssertion(server, impostor, { header })))
    for (const assertion of assertions) expect(await authenticate(assertion)).toEqual(REFUSED)
    connects.stop()
    const foreign = connects.targets.flat().filter((target) => JSON.stringify(target).includes('evil.example'))
    expect(foreign).toEqual([])
    expect(connects.targets.some((target) => JSON.stringify(target).includes('"port":1,'))).toBe(false)
  })

  it.each([
    { what: 'a path', kid: '../../dev/null' },
    { what: 'a statement', kid: "x' OR '1'='1'; DROP TABLE clients; --" },
    { what: 'ten kilobytes', kid: 'k'.repeat(10_240) },
    { what: 'a byte that no table takes', kid: 'robot-key\u0000' },
    { what: 'nothing', kid: '' },
  ])('finds no key by $what (A100)', async ({ kid }) => {
    expect(await authenticate(await signAssertion(server, impostor, { header: { kid } }))).toEqual(REFUSED)
    // The right key under another name is another key, and the table of clients is where it was.
    expect((await authenticate(await signAssertion(server, robot))).error).toBe('invalid_grant')
  })
})

describe('an assertion that is made to be expensive', () => {
  it('is refused by its size before anybody reads it (A101)', async () => {
    const [, payload, signature] = (await signAssertion(server, robot)).split('.')
    for (const assertion of [
      `${'A'.repeat(1_000_000)}.${payload}.${signature}`,
      await signAssertion(server, robot, { claims: { aud: Array.from({ length: 10_000 }, () => server.issuer) } }),
    ]) {
      expect(await authenticate(assertion)).toEqual({ status: 413, error: 'invalid_request' })
    }
  })

  it('is refused where it is small and would grow (A101)', async () => {
    const bomb = deflateRawSync(Buffer.alloc(8_000_000)).toString('base64url')
    const header = encode({ alg: 'dir', enc: 'A128CBC-HS256', zip: 'DEF' })
    expect(await authenticate(`${header}..AAAAAAAAAAAAAAAAAAAAAA.${bomb}.AAAAAAAAAAAAAAAAAAAAAA`)).toMatchObject({
      error: expect.stringMatching(/^invalid_(?:client|request)$/),
    })
    const audiences = Array.from({ length: 2_000 }, (_, index) => `a${index}`)
    expect(await authenticate(await signAssertion(server, robot, { claims: { aud: audiences } }))).toEqual(REFUSED)
    expect((await authenticate(String((await proofOf(server, robot)).client_assertion))).error).toBe('invalid_grant')
  })
})
