import { randomBytes } from 'node:crypto'

/** What happened. A closed list: dashboards and searches rely on the names. */
export type AuditEventType =
  | 'person.signed_in'
  | 'person.signed_out'
  | 'passkey.added'
  | 'passkey.removed'
  | 'passkey.suspended'
  | 'consent.given'
  | 'consent.refused'
  | 'consent.narrowed'
  | 'grant.revoked'
  | 'code.issued'
  | 'token.issued'
  | 'token.exchanged'
  | 'token.refused'
  | 'client.registered'
  | 'client.changed'
  | 'client.removed'
  | 'client.refused'

/** One decision. Tokens never appear here, neither whole nor hashed. */
export interface AuditEvent {
  readonly type: AuditEventType
  readonly outcome: 'allowed' | 'refused'
  /** Our stable code when it was refused. */
  readonly code?: string | undefined
  readonly accountId?: string | undefined
  readonly clientId?: string | undefined
  readonly resourceUri?: string | undefined
  readonly grantId?: string | undefined
  /** Scopes, grant type, reason: small and free of secrets. */
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

/**
 * A UUID of version 7: time-ordered, so that inserts land at the end of the index.
 * @param now milliseconds since 1970
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 */
export function timeOrderedId(now: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** What joins the events of an act that is no request: a command, or a start that finds something gone from the settings. */
export function actId(): string {
  return `act_${timeOrderedId(Date.now())}`
}
