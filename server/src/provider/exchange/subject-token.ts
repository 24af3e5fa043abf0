import type { IssuedAccessToken } from '../issued-access-token.ts'
import type { ExchangeRefusal } from './refusal.ts'

/** Who acted for the subject, the latest first; each holds the one before. @see RFC 8693 §4.1 */
export interface ActorClaim {
  readonly sub: string
  readonly act?: ActorClaim
}

/** A subject token that can be believed, in our words. */
export interface SubjectToken {
  readonly accountId: string
  readonly grantId: string
  readonly audience: string
  readonly tokenId: string
  readonly scopes: readonly string[]
  /** Seconds since 1970. */
  readonly expiresAt: number
  readonly act: ActorClaim | undefined
  /** Client ids of `act`, the latest first. */
  readonly actors: readonly string[]
  /** Correlation id of the first exchange of the chain. */
  readonly correlationId: string | undefined
  readonly authTime: number | undefined
  readonly acr: string | undefined
  /** The one client that may act, where the token names one. */
  readonly mayAct: string | undefined
}

export type JudgedSubjectToken =
  | { readonly ok: true; readonly subject: SubjectToken }
  | { readonly ok: false; readonly refusal: ExchangeRefusal }

/** What comes out ends with what went in; shorter, and it would have ended when it is signed. */
const SECONDS_LEFT_MIN = 2

/**
 * Judges an access token of ours as the subject of an exchange. Its signature, type, issuer and single audience hold.
 * @param circumstances.provesKey the client that asks has proven a key of its own
 * @param circumstances.now seconds since 1970
 * @see RFC 8693 §2.1, RFC 9449 §6 (`cnf`)
 */
export function judgeSubjectToken(
  { claims, ...token }: IssuedAccessToken,
  { provesKey, now }: { readonly provesKey: boolean; readonly now: number },
): JudgedSubjectToken {
  if (claims.cnf !== undefined && !isBoundToKeyAlone(claims.cnf)) return unreadable('cnf')
  // What comes out must be bound, too. The key of the token's own client never leaves it, so that the server whose audience
  // it is shows its own.
  if (claims.cnf !== undefined && !provesKey) return refuse({ kind: 'subject-token-bound-to-key' })
  if (!Number.isSafeInteger(token.expiresAt)) return unreadable('exp')
  if (token.expiresAt - now < SECONDS_LEFT_MIN) return refuse({ kind: 'subject-token-ended' })
  const { jti: tokenId, scope, auth_time: authTime, acr, cid } = claims
  if (typeof tokenId !== 'string') return unreadable('jti')
  if (typeof scope !== 'string') return unreadable('scope')
  if (!isAbsentOr('number', authTime)) return unreadable('auth_time')
  if (!isAbsentOr('string', acr)) return unreadable('acr')
  if (!isAbsentOr('string', cid)) return unreadable('cid')
  const act = readActor(claims.act)
  const mayAct = readActor(claims.may_act)
  if (claims.act !== undefined && act === undefined) return unreadable('act')
  if (claims.may_act !== undefined && mayAct === undefined) return unreadable('may_act')
  const { accountId, grantId, audience, expiresAt } = token
  const subject = {
    ...{ accountId, grantId, audience, tokenId, expiresAt, act, authTime, acr },
    scopes: scope.split(' ').filter((each) => each !== ''),
    actors: actorsOf(act),
    correlationId: cid,
    mayAct: mayAct?.sub,
  }
  return { ok: true, subject }
}

function isBoundToKeyAlone(cnf: unknown): boolean {
  if (typeof cnf !== 'object' || cnf === null) return false
  const { jkt, ...others } = { jkt: undefined, ...cnf }
  return typeof jkt === 'string' && Object.keys(others).length === 0
}

/** Client ids of a chain, the latest first. */
export function actorsOf(act: ActorClaim | undefined): readonly string[] {
  const actors: string[] = []
  for (let actor = act; actor !== undefined; actor = actor.act) actors.push(actor.sub)
  return actors
}

/** What cannot be read completely is not read at all: an actor that is lost would make an agent's call look like the person's. */
export function readActor(value: unknown): ActorClaim | undefined {
  const chain: string[] = []
  for (let link: unknown = value; link !== undefined; ) {
    if (typeof link !== 'object' || link === null || !('sub' in link) || typeof link.sub !== 'string') return undefined
    chain.push(link.sub)
    link = 'act' in link ? link.act : undefined
  }
  return chain.reduceRight<ActorClaim | undefined>(
    (act, sub) => (act === undefined ? { sub } : { sub, act }),
    undefined,
  )
}

function isAbsentOr(type: 'number', value: unknown): value is number | undefined
function isAbsentOr(type: 'string', value: unknown): value is string | undefined
function isAbsentOr(type: string, value: unknown): boolean {
  return value === undefined || typeof value === type
}

function unreadable(claim: string): JudgedSubjectToken {
  return refuse({ kind: 'subject-token-unreadable', claim })
}

function refuse(refusal: ExchangeRefusal): JudgedSubjectToken {
  return { ok: false, refusal }
}
