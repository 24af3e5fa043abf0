import type { AuditEvent } from '../../store/audit-event.ts'
import { errorEntry } from '../error-catalogue.ts'
import type { GrantedExchange } from './decide-exchange.ts'
import { type ExchangeRefusal, wireError } from './refusal.ts'
import { actorsOf, type SubjectToken } from './subject-token.ts'

const GRANT_TYPE = 'token-exchange'

/** What an exchange came to know before it was decided. */
export interface ExchangeFacts {
  readonly clientId: string
  readonly subject?: SubjectToken
}

/** A token was made from a token. Ids of tokens find them in the logs of resources; tokens themselves are nowhere. */
export function exchanged(
  { clientId, subject }: Required<ExchangeFacts>,
  granted: GrantedExchange,
  issued: { readonly tokenId: string; readonly correlationId: string },
): AuditEvent {
  const { source, target, scopes, act } = granted
  return {
    type: 'token.exchanged',
    outcome: 'allowed',
    accountId: subject.accountId,
    clientId,
    resourceUri: target.uri,
    grantId: subject.grantId,
    detail: {
      grantType: GRANT_TYPE,
      fromResource: source.uri,
      fromTokenId: subject.tokenId,
      tokenId: issued.tokenId,
      actors: actorsOf(act),
      scopes,
      cid: issued.correlationId,
    },
  }
}

/** An exchange was refused. Only clients the operator brought in come this far: no stranger can fill the audit. */
export function exchangeRefused(facts: ExchangeFacts, refusal: ExchangeRefusal): AuditEvent {
  const { kind: reason, ...more } = refusal
  const target = 'target' in more ? more.target : undefined
  return { ...refusedEvent(facts, reason, target), code: errorEntry(wireError(refusal).error).code }
}

/** What the exchange hung on was no longer there when it was about to happen. */
export function exchangeLost(facts: Required<ExchangeFacts>, { target }: GrantedExchange): AuditEvent {
  return { ...refusedEvent(facts, 'no-longer-live', target.uri), code: errorEntry('invalid_grant').code }
}

function refusedEvent(
  { clientId, subject }: ExchangeFacts,
  reason: string,
  target: string | undefined,
): Omit<AuditEvent, 'code'> {
  const known = subject && { fromTokenId: subject.tokenId, actors: subject.actors, fromResource: subject.audience }
  return {
    type: 'token.refused',
    outcome: 'refused',
    accountId: subject?.accountId,
    clientId,
    resourceUri: target,
    grantId: subject?.grantId,
    detail: { grantType: GRANT_TYPE, reason, ...known },
  }
}
