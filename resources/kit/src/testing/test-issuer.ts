import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { generateSigningKey, signAccessToken } from './signing-key.ts'
import { answerTestExchange } from './test-exchange.ts'

/** As long as a test takes, and short enough for a token that lands in a log. */
const TOKEN_SECONDS = 300

const CLIENT_ID = 'resource-test'

/** What an access token of a test issuer says; everything but `resource` has a value that a guard accepts. */
export interface TestToken {
  /** The audience: what was given to `protect` as `resource`. */
  readonly resource: string
  /** None unless set. */
  readonly scopes?: readonly string[]
  /** `sub`; `alice` unless set. */
  readonly subject?: string
  /** `client_id`; `test-client` unless set. */
  readonly clientId?: string
  /** Five minutes unless set; less than nothing makes a token that has expired. */
  readonly lifetimeSeconds?: number
  /** Merged over the claims; `undefined` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Merged over the header: `{ typ: 'JWT' }`. */
  readonly header?: Readonly<Record<string, unknown>>
}

/** An issuer for tests. Only a guard that was given its `fetch` can find it. */
export interface TestIssuer {
  /** Of the top-level domain `.test`, which no resolver knows (RFC 6761 §6.2), and another one for each issuer. */
  readonly issuer: string
  /** Answers for this issuer and fails for everything else, as without a network. */
  readonly fetch: typeof fetch
  /** The resource's own client, for `protect({ client })`: its token exchange is answered. */
  readonly client: { readonly id: string; readonly key: JWK }
  /** Signs an access token. */
  issueToken(token: TestToken): Promise<string>
  /** Replaces the signing key. What was signed before is by a key that the issuer no longer has. */
  rotateKeys(): Promise<void>
  /** False: every request to the issuer fails, until set to true again. */
  setReachable(reachable: boolean): void
}

/**
 * Makes an issuer in this process, without a socket: `protect({ issuer: t.issuer, fetch: t.fetch, … })`. Its keys are
 * made anew each time, cannot be exported, and end with the process.
 */
export async function createTestIssuer(): Promise<TestIssuer> {
  const issuer = `https://issuer-${crypto.randomUUID()}.test`
  let generation = 1
  let key = await generateSigningKey(`test-${generation}`)
  let reachable = true
  const clientKeys = await generateKeyPair('ES256', { extractable: true })
  const clientKey = { ...(await exportJWK(clientKeys.privateKey)), kid: CLIENT_ID, alg: 'ES256' }
  const exchangeDeps = {
    issuer,
    clientId: CLIENT_ID,
    clientKey: clientKeys.publicKey,
    issuerKey: () => key.publicKey,
    sign: (claims: Parameters<typeof signAccessToken>[0]) => signAccessToken(claims, key),
    usedAssertions: new Set<string>(),
  }

  async function answer(request: Request): Promise<Response> {
    switch (`${request.method} ${request.url}`) {
      case `GET ${issuer}/.well-known/oauth-authorization-server`:
        return Response.json(describeIssuer(issuer))
      case `GET ${issuer}/jwks`:
        return Response.json({ keys: [key.publicJwk] })
      case `POST ${issuer}/token`:
        return answerTestExchange(new URLSearchParams(await request.text()), exchangeDeps)
      default:
        return Response.json({ error: 'not_found' }, { status: 404 })
    }
  }

  return {
    issuer,
    client: { id: CLIENT_ID, key: clientKey },
    fetch: async (input, init) => {
      const request = new Request(input, init)
      if (reachable && request.url.startsWith(`${issuer}/`)) return answer(request)
      throw new TypeError(`fetch failed: a test reaches nobody but its issuer, and ${request.url} is not it`)
    },
    issueToken: (token) => signAccessToken(claimsOf(issuer, token), key, token.header),
    rotateKeys: async () => {
      generation += 1
      key = await generateSigningKey(`test-${generation}`)
    },
    setReachable: (value) => {
      reachable = value
    },
  }
}

function describeIssuer(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
  }
}

function claimsOf(issuer: string, token: TestToken): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  const lifetime = token.lifetimeSeconds ?? TOKEN_SECONDS
  return {
    iss: issuer,
    aud: token.resource,
    sub: token.subject ?? 'alice',
    client_id: token.clientId ?? 'test-client',
    scope: (token.scopes ?? []).join(' '),
    // A token that has expired was issued before that.
    iat: Math.min(now, now + lifetime - 1),
    exp: now + lifetime,
    jti: crypto.randomUUID(),
    gid: 'test-grant',
    ...token.claims,
  }
}
