import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'

export const RESOURCE = 'https://mcp.example.com/mcp'

/** What the issuer answers; tests change it at will. */
export interface IssuerBehaviour {
  /** Answer everything with this status. */
  status?: number
  /** Answer to the path of a metadata spelling, instead of the metadata at the first one. */
  metadata?: (path: string) => { status?: number; body: string; headers?: Record<string, string> } | undefined
  /** Answer to the path of the key set. */
  keySet?: () => { body: string }
}

export interface TestIssuer {
  readonly issuer: string
  readonly behaviour: IssuerBehaviour
  /** Paths that were asked for, in order. */
  readonly requests: string[]
  readonly keySetFetches: () => number
  readonly publicJwk: () => JWK
  /** Signs with the current key; claims and header are merged over good ones, `undefined` takes one away. */
  sign(claims?: Record<string, unknown>, header?: Partial<JWTHeaderParameters>, key?: CryptoKey): Promise<string>
  /** Replaces the key; tokens signed before are by a key that is gone. */
  rotate(): Promise<void>
  close(): Promise<void>
}

/** @param options `path` of the issuer identifier, beginning with a slash, or nothing */
export async function startTestIssuer(options: { path?: string } = {}): Promise<TestIssuer> {
  const behaviour: IssuerBehaviour = {}
  const requests: string[] = []
  let current = await generateKey('key-1')
  let generation = 1

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push(path)
    const answer = answerTo(path)
    response.writeHead(behaviour.status ?? answer.status ?? 200, {
      'content-type': 'application/json',
      ...answer.headers,
    })
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `${origin}${options.path ?? ''}`

  function answerTo(path: string): { status?: number; body: string; headers?: Record<string, string> } {
    if (path === '/keys') return behaviour.keySet?.() ?? { body: JSON.stringify({ keys: [current.jwk] }) }
    const special = behaviour.metadata?.(path)
    if (special !== undefined) return special
    if (behaviour.metadata === undefined && path === `/.well-known/oauth-authorization-server${options.path ?? ''}`) {
      const endpoints = { authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` }
      return { body: JSON.stringify({ issuer, jwks_uri: `${origin}/keys`, ...endpoints }) }
    }
    return { status: 404, body: '{}' }
  }

  return {
    issuer,
    behaviour,
    requests,
    keySetFetches: () => requests.filter((path) => path === '/keys').length,
    publicJwk: () => current.jwk,
    sign: (claims, header, key) => {
      const now = Math.floor(Date.now() / 1000)
      const payload = {
        iss: issuer,
        aud: RESOURCE,
        sub: 'alice',
        client_id: 'client-1',
        scope: '',
        iat: now,
        exp: now + 300,
        jti: crypto.randomUUID(),
        ...claims,
      }
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(current.jwk.kid), ...header })
        .sign(key ?? current.privateKey)
    },
    rotate: async () => {
      generation += 1
      current = await generateKey(`key-${generation}`)
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function generateKey(kid: string): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }
}
