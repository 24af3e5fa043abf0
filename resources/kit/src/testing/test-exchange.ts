import { type CryptoKey, type JWTPayload, jwtVerify } from 'jose'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** What the token endpoint of a test issuer knows. */
export interface TestExchangeDeps {
  readonly issuer: string
  readonly clientId: string
  readonly clientKey: CryptoKey
  /** The key that subject tokens were signed with. */
  readonly issuerKey: () => CryptoKey
  /** Signs the claims of the new token. */
  readonly sign: (claims: JWTPayload) => Promise<string>
  /** Assertions that were used. */
  readonly usedAssertions: Set<string>
}

class ExchangeRefusal extends Error {}

/**
 * Answers a token exchange as an issuer that is set up for it would: the client proves itself by a key, once per
 * assertion, and the new token is never wider than the one it was made from.
 *
 * @param form the body of the token request
 * @param deps the issuer's keys and its one client
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-2 RFC 8693 §2}
 */
export async function answerTestExchange(form: URLSearchParams, deps: TestExchangeDeps): Promise<Response> {
  try {
    return Response.json(await exchange(form, deps), { headers: { 'cache-control': 'no-store' } })
  } catch (error) {
    const code = error instanceof ExchangeRefusal ? error.message : 'invalid_request'
    return Response.json({ error: code }, { status: code === 'invalid_client' ? 401 : 400 })
  }
}

async function exchange(form: URLSearchParams, deps: TestExchangeDeps): Promise<object> {
  await authenticateClient(form, deps)
  if (form.get('grant_type') !== EXCHANGE) throw new ExchangeRefusal('unsupported_grant_type')
  if (form.get('subject_token_type') !== ACCESS_TOKEN) throw new ExchangeRefusal('invalid_request')
  const subject = await readSubject(form.get('subject_token') ?? '', deps)
  const resource = form.get('resource')
  if (resource === null || !URL.canParse(resource)) throw new ExchangeRefusal('invalid_target')
  const held = String(subject.scope ?? '').split(' ')
  const asked = form.get('scope')?.split(' ') ?? held
  const scope = asked.filter((name) => held.includes(name)).join(' ')
  if (scope === '' && form.has('scope')) throw new ExchangeRefusal('invalid_scope')
  const issuedAt = Math.floor(Date.now() / 1000)
  const claims = {
    ...subject,
    aud: resource,
    client_id: deps.clientId,
    scope,
    iat: issuedAt,
    jti: crypto.randomUUID(),
    act: { sub: deps.clientId, ...(subject.act !== undefined && { act: subject.act }) },
  }
  return {
    access_token: await deps.sign(claims),
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    expires_in: Math.max(0, Number(subject.exp) - issuedAt),
    scope,
  }
}

async function authenticateClient(form: URLSearchParams, deps: TestExchangeDeps): Promise<void> {
  const { issuer, clientId, clientKey, usedAssertions } = deps
  const refusal = new ExchangeRefusal('invalid_client')
  if (form.get('client_assertion_type') !== JWT_BEARER) throw refusal
  const options = { issuer: clientId, subject: clientId, audience: issuer, requiredClaims: ['exp', 'jti'] }
  const verified = await jwtVerify(form.get('client_assertion') ?? '', clientKey, options).catch(() => undefined)
  const id = verified?.payload.jti
  if (id === undefined || usedAssertions.has(id)) throw refusal
  usedAssertions.add(id)
}

async function readSubject(token: string, { issuer, issuerKey }: TestExchangeDeps): Promise<JWTPayload> {
  const options = { issuer, typ: 'at+jwt', requiredClaims: ['exp', 'sub', 'aud'] }
  const verified = await jwtVerify(token, issuerKey(), options).catch(() => undefined)
  if (verified === undefined) throw new ExchangeRefusal('invalid_grant')
  return verified.payload
}
