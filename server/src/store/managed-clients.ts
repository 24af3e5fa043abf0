import type { AuditEvent } from './audit-event.ts'
import { recordEvents } from './audit-events.ts'
import {
  CLIENT_COLUMNS,
  type ClientRow,
  clientOf,
  endWithClient,
  type RegisteredClient,
  withHashedSecret,
} from './clients.ts'
import type { Database, Statement } from './database.ts'
import { writeEnding } from './grants.ts'
import { hashId } from './id-hash.ts'
import { endWithoutClient } from './orphans.ts'
import { combine, type Part } from './statement-builder.ts'

/** A client, and the token of whoever registered it. */
export interface Management {
  readonly id: string
  readonly token: string
}

/** Registrations that whoever made them reads, changes and removes. The token is part of each statement, and never checked before. */
export interface ManagedClients {
  /** @returns undefined where there is no such client, or it has another token, or none */
  find(management: Management): Promise<RegisteredClient | undefined>
  /** @param metadata what the client is from now on, whole. @returns undefined as `find` does; nothing changed then */
  change(
    management: Management,
    metadata: Readonly<Record<string, unknown>>,
    correlationId: string,
  ): Promise<RegisteredClient | undefined>
  /** Ends every grant of the client. */
  remove(management: Management, correlationId: string): Promise<boolean>
}

const FIND: Statement = {
  name: 'managed client find',
  text: `SELECT ${CLIENT_COLUMNS} FROM clients WHERE id = $1 AND management_hash = $2`,
}

const REMOVE: Statement = {
  name: 'managed client remove',
  text: `WITH gone AS (DELETE FROM clients WHERE id = $1 AND management_hash = $3 RETURNING id),
    noted AS (INSERT INTO audit_events (id, at, type, outcome, correlation_id, client_id, detail)
      SELECT gen_random_uuid(), now(), 'client.removed', 'allowed', $2::text, id, '{}'::jsonb FROM gone),
    ${endWithClient}`,
}

export function createManagedClients(database: Database): ManagedClients {
  return {
    async find({ id, token }) {
      const [row] = await database.read<ClientRow>(FIND, [id, hashId(token)])
      return row && clientOf(row)
    },
    async change(management, metadata, correlationId) {
      const event: AuditEvent = { type: 'client.changed', outcome: 'allowed', clientId: management.id }
      const parts = [changed(management, metadata), recordEvents([event], correlationId, 'changed')]
      const { statement, values } = combine(parts, 'SELECT * FROM changed')
      const [row] = await database.write<ClientRow>(statement, values)
      return row && clientOf(row)
    },
    async remove({ id, token }, correlationId) {
      const rows = await writeEnding(database, 'client-removed', REMOVE, [id, correlationId, hashId(token)])
      if (rows.length === 0) return false
      await endWithoutClient(database, [id], { reason: 'client-removed', act: correlationId })
      return true
    },
  }
}

function changed({ id, token }: Management, metadata: Readonly<Record<string, unknown>>): Part {
  return {
    name: 'changed',
    sql: (
      place,
    ) => `UPDATE clients SET metadata = ${place(JSON.stringify(withHashedSecret(metadata)))}::jsonb, last_seen_at = now()
      WHERE id = ${place(id)}::text AND management_hash = ${place(hashId(token))}::bytea RETURNING ${CLIENT_COLUMNS}`,
  }
}
