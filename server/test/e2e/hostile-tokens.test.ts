import { generateKeyPair, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSealer } from '../../src/keys/sealing.ts'
import { loadSigningKeys } from '../../src/keys/signing-keys.ts'
import { RESOURCE } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, register } from '../setup/flow.ts'
import { type Stack, startStack } from './stack.ts'

type Signer = (claims: JWTPayload, header?: Record<string, unknown>) => Promise<string>

let stack: Stack
let sign: Signer
let good: JWTPayload

const now = (): number => Math.floor(Date.now() / 1000)

const call = (token: string | undefined, path = ''): Promise<Response> =>
  fetch(stack.demo.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } }),
  })

const without = (claim: string): JWTPayload =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== claim))

/** Signs with the issuer's own key, as only the issuer, or somebody who broke into it, could. */
async function issuersSigner(): Promise<Signer> {
  const { server } = stack
  const sealer = createSealer(server.settings.encryptionKeys)
  const { jwks } = await loadSigningKeys({ table: server.store.signingKeys, sealer, algorithm: 'ES256' })
  const [jwk] = jwks.keys
  if (jwk === undefined) throw new Error('the issuer has no key')
  const key = await importJWK(jwk, 'ES256')
  const kid = jwk.kid ?? ''
  return (claims, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(key)
}

describe('the protected demo server and tokens that are not for it', () => {
  beforeAll(async () => {
    stack = await startStack()
    sign = await issuersSigner()
    good = {
      iss: stack.server.issuer,
      aud: stack.demo.url,
      sub: 'somebody',
      client_id: 'client',
      scope: 'mcp:issue:read',
      jti: 'jti',
      iat: now(),
      exp: now() + 300,
    }
  })
  afterAll(() => stack.close())

  it('accepts what the issuer signs for it, so that the refusals below are about one difference each', async () => {
    expect((await call(await sign(good))).status).toBe(200)
  })

  it.each([
    ['an audience that is another resource (RS-TOK-03)', () => sign({ ...good, aud: RESOURCE })],
    ['an audience with a slash at its end', () => sign({ ...good, aud: `${stack.demo.url}/` })],
    ['two audiences (RS-TOK-05)', () => sign({ ...good, aud: [stack.demo.url, RESOURCE] })],
    ['no audience', () => sign(without('aud'))],
    ['the type of an ID token (AS-TK-12, A112)', () => sign(good, { typ: 'JWT' })],
    ['an end that has passed', () => sign({ ...good, iat: now() - 900, exp: now() - 300 })],
    ['no end', () => sign(without('exp'))],
    ['another issuer', () => sign({ ...good, iss: 'https://issuer.example' })],
    ['no client', () => sign(without('client_id'))],
    ['a key it is bound to and that nobody proves (RS-TOK-09)', () => sign({ ...good, cnf: { jkt: 'x'.repeat(43) } })],
    ['algorithm none', async () => new UnsecuredJWT(good).encode()],
    [
      'a key of somebody else under the name of ours',
      async () => {
        const { privateKey } = await generateKeyPair('ES256')
        const kid = (await stack.server.store.signingKeys.list())[0]?.kid ?? ''
        return new SignJWT(good).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid }).sign(privateKey)
      },
    ],
  ] as const)('refuses a token with %s: 401, invalid_token and where to go', async (_name, mint) => {
    const response = await call(await mint())
    expect(response.status).toBe(401)
    const challenge = response.headers.get('www-authenticate') ?? ''
    expect(challenge).toContain('error="invalid_token"')
    expect(challenge).toContain('resource_metadata="')
  })

  it('refuses a good token in the query with a challenge that accuses nobody (RS-TOK-01, RS-401-04)', async () => {
    const response = await call(undefined, `?access_token=${await sign(good)}`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).not.toContain('error=')
  })

  it('refuses a real token that the same person got for another resource', async () => {
    const clientId = await register(stack.server)
    const request = authorization(stack.server, clientId)
    const { code } = await approve(stack.server, request)
    const { body } = await redeem(stack.server, request, code)
    expect((await call(String(body.access_token))).status).toBe(401)
  })
})
