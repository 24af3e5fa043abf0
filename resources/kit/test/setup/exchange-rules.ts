import { createLocalJWKSet, type JWK, type JWTPayload, jwtVerify } from 'jose'

export const DOWNSTREAM = 'https://api.example.com/orders'

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const LONGEST_ASSERTION_SECONDS = 60

/**
 * Makes the check of client assertions: signature, issuer, subject, one audience, short life, one use.
 *
 * @param client what is registered
 */
export function createAssertionCheck(client: {
  readonly issuer: string
  readonly clientId: string
  readonly keys: JWK[]
}): (form: URLSearchParams, now: number) => Promise<boolean> {
  const { issuer, clientId, keys } = client
  const used = new Set<unknown>()
  return async (form, now) => {
    if (form.get('client_assertion_type') !== JWT_BEARER) return false
    const verified = await jwtVerify(form.get('client_assertion') ?? '', createLocalJWKSet({ keys }), {
      issuer: clientId,
      subject: clientId,
      algorithms: ['ES256'],
      requiredClaims: ['jti', 'iat', 'exp'],
      currentDate: new Date(now * 1000),
    }).catch(() => undefined)
    const { aud, exp = 0, iat = 0, jti } = verified?.payload ?? {}
    // One string that is the issuer: a list could hold an endpoint of somebody else.
    if (aud !== issuer || exp - iat > LONGEST_ASSERTION_SECONDS || used.has(jti)) return false
    used.add(jti)
    return true
  }
}

export type JudgedForm =
  | { readonly ok: true; readonly resource: string; readonly scope: string }
  | { readonly ok: false; readonly error: string }

/**
 * Judges an exchange as RFC 8693 and the registry would: one known target, scopes that the subject holds.
 *
 * @param form the request
 * @param subject the claims of the subject token, if it is good
 */
export function judgeForm(form: URLSearchParams, subject: JWTPayload | undefined): JudgedForm {
  const refuse = (error: string): JudgedForm => ({ ok: false, error })
  if (form.get('grant_type') !== TOKEN_EXCHANGE) return refuse('unsupported_grant_type')
  if (subject === undefined || form.get('subject_token_type') !== ACCESS_TOKEN) return refuse('invalid_request')
  const [resource = '', ...more] = form.getAll('resource')
  const isKnown = resource === DOWNSTREAM || resource.startsWith(`${DOWNSTREAM}/`)
  if (!isKnown || more.length > 0) return refuse('invalid_target')
  const held = String(subject.scope).split(' ')
  const scope = (form.get('scope')?.split(' ') ?? held).filter((one) => held.includes(one)).join(' ')
  return scope === '' ? refuse('invalid_scope') : { ok: true, resource, scope }
}
