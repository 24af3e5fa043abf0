import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { createAssertionCheck, judgeForm } from './exchange-rules.ts'
import { RESOURCE } from './test-issuer.ts'

export const CLIENT_ID = 'resource-mcp'

/** One request as it left the kit. */
export interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
}

/** An issuer without a network, which exchanges tokens as strictly as a real one should. */
export interface ExchangeIssuer {
  readonly issuer: string
  /** The private key of the client that owns the resource. */
  readonly clientKey: JWK
  readonly fetch: typeof fetch
  /** Everything that was asked, in order. */
  readonly sent: Sent[]
  /** The forms that came to the token endpoint. */
  readonly forms: () => URLSearchParams[]
  /** Seconds since the epoch; tests move it. */
  now: number
  /** How long exchanged tokens live, in seconds. */
  lifetimeSeconds: number
  /** Replaces what the token endpoint answers, or changes a good answer. */
  answer: ((good: Record<string, unknown>) => Response | Promise<Response>) | undefined
  /** Replaces members of the metadata; `undefined` takes one away. */
  metadata: Record<string, unknown>
  /** Signs an access token for the resource. */
  sign(claims?: Record<string, unknown>): Promise<string>
}

export async function createExchangeIssuer(): Promise<ExchangeIssuer> {
  const issuer = 'https://auth.example.com'
  const signing = await generateKeyPair('ES256')
  const client = await generateKeyPair('ES256', { extractable: true })
  const keys = [{ ...(await exportJWK(signing.publicKey)), kid: 'signing-1', alg: 'ES256' }]
  const clientKeys = [{ ...(await exportJWK(client.publicKey)), kid: 'client-1', alg: 'ES256' }]
  const authenticates = createAssertionCheck({ issuer, clientId: CLIENT_ID, keys: clientKeys })

  const self: ExchangeIssuer = {
    issuer,
    clientKey: { ...(await exportJWK(client.privateKey)), kid: 'client-1', alg: 'ES256' },
    sent: [],
    forms: () => self.sent.filter(({ url }) => url.endsWith('/token')).map(({ body }) => new URLSearchParams(body)),
    now: Math.floor(Date.now() / 1000),
    lifetimeSeconds: 300,
    answer: undefined,
    metadata: {},
    sign: (claims = {}) => sign({ aud: RESOURCE, sub: 'alice', client_id: 'client-1', exp: self.now + 600, ...claims }),
    fetch,
  }

  async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    const body = await request.clone().text()
    self.sent.push({ url: request.url, method: request.method, headers: request.headers, body })
    const { pathname } = new URL(request.url)
    if (pathname === '/.well-known/oauth-authorization-server') return Response.json(metadata())
    if (pathname === '/keys') return Response.json({ keys })
    if (pathname !== '/token') return new Response(undefined, { status: 404 })
    return exchange(new URLSearchParams(body))
  }

  function metadata(): object {
    return { issuer, jwks_uri: `${issuer}/keys`, token_endpoint: `${issuer}/token`, ...self.metadata }
  }

  function sign(claims: JWTPayload): Promise<string> {
    return new SignJWT({ iss: issuer, iat: self.now, jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'signing-1' })
      .sign(signing.privateKey)
  }

  async function exchange(form: URLSearchParams): Promise<Response> {
    const refuse = (error: string, status = 400): Response => Response.json({ error }, { status })
    if (!(await authenticates(form, self.now))) return refuse('invalid_client', 401)
    const subject = await readSubject(form.get('subject_token') ?? '')
    const judged = judgeForm(form, subject)
    if (!judged.ok) return refuse(judged.error)
    const { resource, scope } = judged
    const expiresAt = Math.min(self.now + self.lifetimeSeconds, subject?.exp ?? 0)
    const actor = { client_id: CLIENT_ID, act: { sub: CLIENT_ID } }
    const good = {
      access_token: await sign({ aud: resource, sub: String(subject?.sub), scope, exp: expiresAt, ...actor }),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: expiresAt - self.now,
      scope,
    }
    return self.answer === undefined ? Response.json(good) : self.answer(good)
  }

  async function readSubject(token: string): Promise<JWTPayload | undefined> {
    const currentDate = new Date(self.now * 1000)
    const verified = jwtVerify(token, createLocalJWKSet({ keys }), { issuer, audience: RESOURCE, currentDate })
    return verified.then(({ payload }) => payload).catch(() => undefined)
  }

  return self
}
