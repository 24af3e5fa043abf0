import type { Access } from '../access.ts'
import type { TokenRefusal, TokenRefusalReason } from './token-refusal.ts'

/** Two machines with synchronised clocks differ by less; more would lengthen every token. */
export const EXPIRY_SKEW_SECONDS = 5

/** A resource whose clock is behind must not refuse tokens that were issued a moment ago. */
export const FUTURE_SKEW_SECONDS = 30

/** What is expected of a token's claims. */
export interface ClaimsExpectation {
  readonly issuer: string
  /** The canonical resource identifier. */
  readonly resource: string
  /** True when `typ` could not tell an access token from an ID token. */
  readonly acceptJwtType: boolean
}

export type JudgedClaims =
  | { readonly ok: true; readonly access: Omit<Access, 'handle'> }
  | { readonly ok: false; readonly refusal: TokenRefusal }

type Claims = Readonly<Record<string, unknown>>

/**
 * Judges the claims of a token whose signature holds.
 *
 * @param claims the decoded payload
 * @param expected issuer and resource, compared byte for byte
 * @param now seconds since the epoch
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
export function judgeClaims(claims: Claims, expected: ClaimsExpectation, now: number): JudgedClaims {
  const refusal =
    judgeOrigin(claims, expected) ?? judgeTimes(claims, now) ?? judgeKind(claims, expected) ?? judgeShape(claims)
  if (refusal !== undefined) return { ok: false, refusal }
  const subject = text(claims.sub)
  const clientId = text(claims.client_id) ?? (expected.acceptJwtType ? text(claims.azp) : undefined)
  const expiresAt = seconds(claims.exp)
  if (subject === undefined) return { ok: false, refusal: refuse('claim', 'sub', claims.sub) }
  if (clientId === undefined) return { ok: false, refusal: refuse('claim', 'client_id', claims.client_id) }
  if (expiresAt === undefined) return { ok: false, refusal: refuse('claim', 'exp', claims.exp) }
  return {
    ok: true,
    access: {
      subject,
      clientId,
      scopes: (text(claims.scope) ?? '').split(' ').filter((scope) => scope !== ''),
      issuer: expected.issuer,
      resource: expected.resource,
      expiresAt,
      tokenId: text(claims.jti),
      grantId: text(claims.gid),
      actor: record(claims.act),
      authTime: seconds(claims.auth_time),
      acr: text(claims.acr),
      keyThumbprint: thumbprintIn(claims.cnf),
    },
  }
}

function judgeOrigin(claims: Claims, expected: ClaimsExpectation): TokenRefusal | undefined {
  if (claims.iss !== expected.issuer) return refuse('issuer', 'iss', claims.iss)
  // RFC 7519 §4.1.3 lets a single audience stand alone or in an array. Two audiences are two servers that could
  // each replay the token at the other, so they are refused even if one of them is ours.
  const audience = Array.isArray(claims.aud) && claims.aud.length === 1 ? claims.aud[0] : claims.aud
  return audience === expected.resource ? undefined : refuse('audience', 'aud', claims.aud)
}

function judgeTimes(claims: Claims, now: number): TokenRefusal | undefined {
  const { exp, nbf, iat } = claims
  const expiresAt = seconds(exp)
  if (expiresAt === undefined) return refuse('claim', 'exp', exp)
  if (now >= expiresAt + EXPIRY_SKEW_SECONDS) return refuse('expired', 'exp', exp)
  for (const [name, value] of Object.entries({ nbf, iat })) {
    if (value === undefined) continue
    const at = seconds(value)
    if (at === undefined) return refuse('claim', name, value)
    if (at > now + FUTURE_SKEW_SECONDS) return refuse('not-yet-valid', name, value)
    if (at >= expiresAt) return refuse('claim', name, value)
  }
  return undefined
}

function judgeKind(claims: Claims, expected: ClaimsExpectation): TokenRefusal | undefined {
  // RFC 8705 §3: bound in a way that is not checked here, a token could be anybody's.
  if (claims.cnf !== undefined && thumbprintIn(claims.cnf) === undefined) {
    return refuse('sender-constrained', 'cnf', claims.cnf)
  }
  if (!expected.acceptJwtType) return undefined
  // Where `typ` does not tell, these claims of ID tokens and logout tokens still do.
  for (const name of ['nonce', 'at_hash', 'c_hash', 'events']) {
    if (claims[name] !== undefined) return refuse('not-an-access-token', name, claims[name])
  }
  return undefined
}

function judgeShape(claims: Claims): TokenRefusal | undefined {
  const { scope, act } = claims
  if (scope !== undefined && typeof scope !== 'string') return refuse('claim', 'scope', scope)
  // An actor that cannot be read would make an agent's call look like the person's own.
  if (act !== undefined && record(act) === undefined) return refuse('claim', 'act', act)
  return undefined
}

function thumbprintIn(cnf: unknown): string | undefined {
  const members = record(cnf) ?? {}
  return Object.keys(members).length === 1 ? text(members.jkt) : undefined
}

function refuse(reason: TokenRefusalReason, name: string, value: unknown): TokenRefusal {
  return { reason, detail: `claim ${name} is ${JSON.stringify(value) ?? 'missing'}` }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function seconds(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function record(value: unknown): Claims | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}
