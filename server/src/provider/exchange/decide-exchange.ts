import type { LifetimeSettings } from '../../config/settings.ts'
import type { ProtectedResource, RegistrySnapshot } from '../../store/resource-registry.ts'
import { tokenSeconds } from '../tokens.ts'
import { narrowScopes } from './narrow-scopes.ts'
import type { ExchangeRefusal } from './refusal.ts'
import type { ExchangeRequest } from './request.ts'
import type { ActorClaim, SubjectToken } from './subject-token.ts'

/** A chain that is longer is a loop that nobody saw, and each link makes every token after it longer. */
export const ACTORS_MAX = 5

export interface GrantedExchange {
  readonly source: ProtectedResource
  readonly target: ProtectedResource
  readonly scopes: readonly string[]
  /** Seconds since 1970. */
  readonly expiresAt: number
  /** The client that asks, holding everyone who acted before. */
  readonly act: ActorClaim
}

/** What an exchange is judged by, beside client, token and request. */
interface Circumstances {
  readonly registry: RegistrySnapshot
  readonly lifetimes: Pick<LifetimeSettings, 'accessTokenSeconds' | 'accessTokenElevatedSeconds'>
  /** Seconds since 1970. */
  readonly now: number
}

export type ExchangeDecision =
  | { readonly ok: true; readonly granted: GrantedExchange }
  | { readonly ok: false; readonly refusal: ExchangeRefusal }

/**
 * Decides what a client may have for a subject token: one registered resource that the operator opened to the token's own
 * audience, of its scopes those that the token covers, and no longer than the token lives.
 * @param clientId the client that proved itself
 * @see RFC 8693 §2.1, §2.2.2, §4.1
 */
export function decideExchange(
  clientId: string,
  subject: SubjectToken,
  request: Pick<ExchangeRequest, 'targets' | 'scopes'>,
  { registry, lifetimes, now }: Circumstances,
): ExchangeDecision {
  const { audience, actors, mayAct } = subject
  // A token that was made for another server says nothing about what this client may do with it: token passthrough.
  const source = registry.byUri(audience)
  if (source === undefined || source.ownerClientId !== clientId) {
    return refuse({ kind: 'subject-not-for-this-client', audience })
  }
  if (mayAct !== undefined && mayAct !== clientId) return refuse({ kind: 'actor-not-allowed-by-subject' })
  if (actors.length >= ACTORS_MAX) return refuse({ kind: 'chain-too-long', actors: actors.length + 1 })
  const found = findTarget(request.targets, registry)
  if (!found.ok) return found
  const refusal = refuseTarget(found.target, { source, passed: [clientId, ...actors] })
  if (refusal !== undefined) return refuse(refusal)
  const files = { source: source.tools, target: found.target.tools }
  const scopes = narrowScopes(subject.scopes, files, request.scopes)
  if (scopes.length === 0) return refuse({ kind: 'scope-nothing-left', asked: request.scopes ?? [] })
  const expiresAt = Math.min(subject.expiresAt, now + tokenSeconds(found.target, scopes, lifetimes))
  const act = subject.act === undefined ? { sub: clientId } : { sub: clientId, act: subject.act }
  return { ok: true, granted: { source, target: found.target, scopes, expiresAt, act } }
}

type FoundTarget =
  | { readonly ok: true; readonly target: ProtectedResource }
  | { readonly ok: false; readonly refusal: ExchangeRefusal }

/** One target, however often and in whatever spelling it was named; one name that means nothing spoils the request. */
function findTarget(named: readonly string[], registry: RegistrySnapshot): FoundTarget {
  const targets = new Set(named.map((spelling) => registry.resolve(spelling)))
  const [target] = targets
  if (targets.size === 0) return refuse({ kind: 'target-missing' })
  if (targets.has(undefined) || target === undefined) return refuse({ kind: 'target-unknown' })
  return targets.size === 1 ? { ok: true, target } : refuse({ kind: 'target-several' })
}

/**
 * A token never comes back to where it was: the servers of a chain are the owners of the audiences it passed, and where one
 * of them would receive a token again it would hold more power than it was given first.
 */
function refuseTarget(
  target: ProtectedResource,
  { source, passed }: { readonly source: ProtectedResource; readonly passed: readonly string[] },
): ExchangeRefusal | undefined {
  const leadsBack = target.ownerClientId !== undefined && passed.includes(target.ownerClientId)
  if (target.id === source.id || leadsBack) return { kind: 'target-leads-back', target: target.uri }
  return target.exchangeFrom.includes(source.id) ? undefined : { kind: 'target-not-open', target: target.uri }
}

function refuse(refusal: ExchangeRefusal): { readonly ok: false; readonly refusal: ExchangeRefusal } {
  return { ok: false, refusal }
}
