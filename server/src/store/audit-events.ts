import { type AuditEvent, timeOrderedId } from './audit-event.ts'
import type { Part } from './statement-builder.ts'

/**
 * Inserts `events` as part of the statement that changes the state they tell of.
 * @param after name of an earlier part; without a row of it nothing is recorded, because nothing happened
 */
export function recordEvents(events: readonly AuditEvent[], correlationId: string, after?: string): Part {
  const now = Date.now()
  const rows = events.map((event) => ({
    id: timeOrderedId(now),
    type: event.type,
    outcome: event.outcome,
    code: event.code ?? null,
    account_id: event.accountId ?? null,
    client_id: event.clientId ?? null,
    resource_uri: event.resourceUri ?? null,
    grant_id: event.grantId ?? null,
    detail: event.detail ?? {},
  }))
  return {
    name: 'events',
    sql: (place) => `INSERT INTO audit_events
      (id, at, type, outcome, code, correlation_id, account_id, client_id, resource_uri, grant_id, detail)
      SELECT e.id, now(), e.type, e.outcome, e.code, ${place(correlationId)}::text,
             e.account_id, e.client_id, e.resource_uri, e.grant_id, e.detail
        FROM jsonb_to_recordset(${place(JSON.stringify(rows))}::jsonb) AS e(id uuid, type text, outcome text, code text,
             account_id text, client_id text, resource_uri text, grant_id text, detail jsonb)
       ${after === undefined ? '' : `WHERE EXISTS (SELECT 1 FROM ${after})`}`,
  }
}
