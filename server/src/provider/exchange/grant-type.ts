import { type Client, errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider'
import type { LifetimeSettings } from '../../config/settings.ts'
import type { SigningAlgorithm } from '../../keys/signing-keys.ts'
import type { ResourceRegistry } from '../../store/resource-registry.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { TOKEN_EXCHANGE } from '../client-metadata.ts'
import { isPreRegistered } from '../client-properties.ts'
import { checkKeyProof, type KeyProof } from '../internals.ts'
import type { ReadAccessToken } from '../issued-access-token.ts'
import type { EngineObserver } from '../observer.ts'
import { resourceServerOf } from '../resource-indicators.ts'
import { type ExchangeFacts, exchanged, exchangeLost, exchangeRefused } from './audit.ts'
import { decideExchange, type GrantedExchange } from './decide-exchange.ts'
import { type ExchangeRefusal, explainRefusal, wireError } from './refusal.ts'
import { ACCESS_TOKEN_TYPE, EXCHANGE_PARAMETERS, parseExchangeRequest, REPEATABLE_PARAMETERS } from './request.ts'
import { judgeSubjectToken, type SubjectToken } from './subject-token.ts'

interface ExchangeDeps {
  readonly registry: ResourceRegistry
  readonly algorithm: SigningAlgorithm
  readonly readAccessToken: ReadAccessToken
  readonly lifetimes: LifetimeSettings
  readonly observer: EngineObserver
  /** Seconds since 1970. */
  readonly now: () => number
}

/**
 * Teaches the engine token exchange: the client that owns the audience of an access token gets one for another resource.
 * Everything judged here is asked of the database again when the answer leaves, in the statement that uses up the client's
 * proof and records the event.
 * @see RFC 8693
 */
export function registerTokenExchange(provider: Provider, deps: ExchangeDeps): void {
  provider.registerGrantType(TOKEN_EXCHANGE, (ctx) => exchange(ctx, deps), EXCHANGE_PARAMETERS, REPEATABLE_PARAMETERS)
  leaveClientsToTheExchange(provider)
}

async function exchange(ctx: TokenEndpointGrantContext, deps: ExchangeDeps): Promise<void> {
  const { client } = ctx.oidc
  const facts = { clientId: client.clientId }
  if (!mayExchange(client)) throw refusalError({ kind: 'client-may-not-exchange' })
  const proof = await checkKeyProof(ctx.oidc.provider, ctx)
  if (proof === undefined && client.dpopBoundAccessTokens === true) {
    throw refuse(facts, { kind: 'proof-missing' })
  }
  const parsed = parseExchangeRequest(ctx.oidc.params)
  if (!parsed.ok) throw refuse(facts, parsed.refusal)
  const issued = await deps.readAccessToken(parsed.request.subjectToken)
  if (issued === undefined) throw refuse(facts, { kind: 'subject-token-not-ours' })
  const judged = judgeSubjectToken(issued, { provesKey: proof !== undefined, now: deps.now() })
  if (!judged.ok) throw refuse(facts, judged.refusal)
  const known = { ...facts, subject: judged.subject }
  const { lifetimes } = deps
  const circumstances = { registry: await deps.registry.current(), lifetimes, now: deps.now() }
  const decision = decideExchange(client.clientId, judged.subject, parsed.request, circumstances)
  if (!decision.ok) {
    if (decision.refusal.kind === 'subject-not-for-this-client') deps.observer.audienceRefused('exchange-subject')
    throw refuse(known, decision.refusal)
  }
  await issue(ctx, known, { ...decision.granted, proof }, deps)
}

async function issue(
  ctx: TokenEndpointGrantContext,
  facts: Required<ExchangeFacts>,
  { proof, ...granted }: GrantedExchange & { readonly proof: KeyProof | undefined },
  { algorithm, now }: ExchangeDeps,
): Promise<void> {
  const unit = currentUnit()
  const { subject, clientId } = facts
  const { source, target, scopes, expiresAt } = granted
  const correlationId = subject.correlationId ?? unit.correlationId
  const token = new ctx.oidc.provider.AccessToken({
    client: ctx.oidc.client,
    accountId: subject.accountId,
    grantId: subject.grantId,
    gty: TOKEN_EXCHANGE,
    scope: scopes.join(' '),
    resourceServer: new ctx.oidc.provider.ResourceServer(target.uri, resourceServerOf(target, algorithm)),
    exp: expiresAt,
    extra: claimsCarried(subject, granted, correlationId),
  })
  if (proof !== undefined) token.setThumbprint('jkt', proof.thumbprint)
  const accessToken = await token.save()
  unit.exchange = {
    ...{ grantId: subject.grantId, accountId: subject.accountId, clientId, actors: subject.actors },
    ...{ sourceUri: source.uri, targetUri: target.uri, subjectExpiresAt: subject.expiresAt },
    heldScopes: subject.actors.length === 0 ? subject.scopes : [],
  }
  unit.events.push(exchanged(facts, granted, { tokenId: token.jti, correlationId }))
  unit.refusals.push(exchangeLost(facts, granted))
  ctx.body = {
    access_token: accessToken,
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: token.tokenType,
    expires_in: Math.max(0, expiresAt - now()),
    scope: scopes.join(' '),
  }
}

function claimsCarried(
  { authTime, acr }: SubjectToken,
  { act }: GrantedExchange,
  correlationId: string,
): Readonly<Record<string, unknown>> {
  return { act, cid: correlationId, auth_time: authTime, acr }
}

/** Remembers the refusal for the audit. */
function refuse(facts: ExchangeFacts, refusal: ExchangeRefusal): Error {
  currentUnit().refusals.push(exchangeRefused(facts, refusal))
  return refusalError(refusal)
}

function refusalError(refusal: ExchangeRefusal): Error {
  const { error, description } = wireError(refusal)
  return new errors.CustomOIDCProviderError(error, description, { detail: explainRefusal(refusal) })
}

/** Whom the operator brought in with keys. Whoever registered itself, or is known by a document alone, never is. */
function mayExchange(client: Client): boolean {
  const { grantTypes = [], clientAuthMethod } = client
  return grantTypes.includes(TOKEN_EXCHANGE) && clientAuthMethod === 'private_key_jwt' && isPreRegistered(client)
}

/**
 * The engine would answer `invalid_request` for a client that may not use the grant type; the exchange itself asks, and says
 * `unauthorized_client`.
 * @see RFC 6749 §5.2
 */
function leaveClientsToTheExchange(provider: Provider): void {
  const prototype: object = provider.Client.prototype
  const allowed: unknown = Reflect.get(prototype, 'grantTypeAllowed')
  if (typeof allowed !== 'function') throw new TypeError('the engine no longer asks clients for their grant types')
  Object.defineProperty(prototype, 'grantTypeAllowed', {
    value(this: Client, type: string): boolean {
      return type === TOKEN_EXCHANGE || Boolean(allowed.call(this, type))
    },
  })
}
