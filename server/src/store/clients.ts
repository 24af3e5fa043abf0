import { createHash } from 'node:crypto'
import { type AuditEvent, actId } from './audit-event.ts'
import { recordEvents } from './audit-events.ts'
import { withdrawConsents } from './consents.ts'
import { type Database, type Statement, sqlState, UNIQUE_VIOLATION } from './database.ts'
import { ENDED, endGrants, writeEnding } from './grants.ts'
import { combine, type Part } from './statement-builder.ts'

/** Who brought a client in: the settings file, the command line, a resource that came with it, or itself (RFC 7591). */
export type ClientSource = 'settings' | 'cli' | 'resource' | 'dynamic'

export interface RegisteredClient {
  readonly id: string
  readonly name: string
  readonly source: ClientSource | 'document'
  /** RFC 7591 names. `client_secret` holds `sha256:…`, never the secret. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** Resource id meant when the client sends no `resource`. */
  readonly defaultResource: string | undefined
  readonly createdAt: Date
}

export interface NewClient {
  readonly id: string
  readonly source: ClientSource
  readonly metadata: Readonly<Record<string, unknown>>
  readonly defaultResource?: string | undefined
  /** Digest of what the client says of itself, where whoever says the same is the same client. */
  readonly contentHash?: Buffer | undefined
  /** Digest of the token that whoever registered it reads, changes and removes it with. */
  readonly managementHash?: Buffer | undefined
}

/** The row a client has: its own, or the one that another with the same content made before. */
export type AddedClient = Pick<RegisteredClient, 'id' | 'createdAt'>

export interface Clients {
  /** @param audit recorded when there is a new row */
  add(
    client: NewClient,
    audit?: { event: AuditEvent; correlationId: string },
  ): Promise<{ ok: true; client: AddedClient } | { ok: false; reason: 'id-taken' }>
  find(id: string): Promise<RegisteredClient | undefined>
  list(): Promise<readonly RegisteredClient[]>
  /** Ends every grant of the client. */
  remove(id: string): Promise<'removed' | 'unknown' | 'owned-by-settings'>
  /** Makes the clients of the settings file exactly these. A client that is no longer there loses its grants. */
  replaceSettings(clients: readonly Omit<NewClient, 'source'>[]): Promise<{ ok: true } | { ok: false; taken: string }>
}

export interface ClientRow {
  id: string
  source: ClientSource
  metadata: Record<string, unknown>
  default_resource: string | null
  created_at: Date
}

export const CLIENT_COLUMNS = 'id, source, metadata, default_resource, created_at'
export const FIND_CLIENT: Statement = {
  name: 'client find',
  text: `SELECT ${CLIENT_COLUMNS} FROM clients WHERE id = $1`,
}
const LIST: Statement = { name: 'client list', text: `SELECT ${CLIENT_COLUMNS} FROM clients ORDER BY created_at, id` }

// Another client that is given the id one day must not inherit what this one owned.
export const endWithClient = `disowned AS (UPDATE resources SET owner_client_id = NULL WHERE owner_client_id IN (SELECT id FROM gone)),
  ${endGrants('client_id IN (SELECT id FROM gone)', 'client-removed', '$2')},
  ${withdrawConsents('client_id IN (SELECT id FROM gone)')}
  SELECT id, ${ENDED} FROM gone`

const REMOVE: Statement = {
  name: 'client remove',
  text: `WITH gone AS (DELETE FROM clients WHERE id = $1 AND source <> 'settings' RETURNING id), ${endWithClient}`,
}

const KEEP_SETTINGS: Statement = {
  name: 'client keep settings',
  text: `WITH gone AS (DELETE FROM clients WHERE source = 'settings' AND NOT (id = ANY($1::text[])) RETURNING id), ${endWithClient}`,
}

const PUT_SETTINGS: Statement = {
  name: 'client put settings',
  text: `INSERT INTO clients (id, source, metadata, default_resource, created_at) VALUES ($1, 'settings', $2::jsonb, $3, now())
    ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata, default_resource = excluded.default_resource
      WHERE clients.source = 'settings' RETURNING id`,
}

export function createClients(database: Database): Clients {
  const find = async (id: string): Promise<RegisteredClient | undefined> => {
    const [row] = await database.read<ClientRow>(FIND_CLIENT, [id])
    return row && clientOf(row)
  }
  return {
    find,
    list: async () => (await database.read<ClientRow>(LIST, [])).map(clientOf),
    async add(client, audit) {
      const events = audit === undefined ? [] : [recordEvents([audit.event], audit.correlationId, 'fresh')]
      const { statement, values } = combine([...insertOrFind(client), ...events], EITHER)
      try {
        const [row] = await database.write<Pick<ClientRow, 'id' | 'created_at'>>(statement, values)
        if (row === undefined) throw new Error('a client was neither found nor added')
        return { ok: true, client: { id: row.id, createdAt: row.created_at } }
      } catch (error) {
        if (sqlState(error) === UNIQUE_VIOLATION) return { ok: false, reason: 'id-taken' }
        throw error
      }
    },
    async remove(id) {
      if ((await writeEnding(database, 'client-removed', REMOVE, [id, actId()])).length > 0) return 'removed'
      return (await find(id)) === undefined ? 'unknown' : 'owned-by-settings'
    },
    async replaceSettings(clients) {
      for (const client of clients) {
        const values = [client.id, JSON.stringify(withHashedSecret(client.metadata)), client.defaultResource ?? null]
        if ((await database.write(PUT_SETTINGS, values)).length === 0) return { ok: false, taken: client.id }
      }
      const kept = clients.map((client) => client.id)
      await writeEnding(database, 'client-removed', KEEP_SETTINGS, [kept, actId()])
      return { ok: true }
    },
  }
}

const EITHER = 'SELECT id, created_at FROM known UNION ALL SELECT id, created_at FROM added'

/**
 * A row for the client, unless there is one with its content: that is marked as seen, so that it does not leave as unused.
 * Of many at once that saw none, the index lets one insert, and the others come back with its row. What only a new row may
 * cost is taken where `known` is empty; what tells of one hangs on `fresh`.
 */
function insertOrFind(client: NewClient): readonly Part[] {
  const known: Part = {
    name: 'known',
    sql: (
      place,
    ) => `UPDATE clients SET last_seen_at = now() WHERE content_hash = ${place(client.contentHash ?? null)}::bytea
      RETURNING id, created_at`,
  }
  const added: Part = {
    name: 'added',
    sql: (
      place,
    ) => `INSERT INTO clients (id, source, metadata, default_resource, content_hash, management_hash, created_at, last_seen_at)
      SELECT ${place(client.id)}::text, ${place(client.source)}::text,
             ${place(JSON.stringify(withHashedSecret(client.metadata)))}::jsonb,
             ${place(client.defaultResource ?? null)}::text, ${place(client.contentHash ?? null)}::bytea,
             ${place(client.managementHash ?? null)}::bytea, now(), now()
       WHERE NOT EXISTS (SELECT 1 FROM known)
      ON CONFLICT (content_hash) DO UPDATE SET last_seen_at = excluded.last_seen_at RETURNING id, created_at`,
  }
  const fresh: Part = { name: 'fresh', sql: (place) => `SELECT id FROM added WHERE id = ${place(client.id)}::text` }
  return [known, added, fresh]
}

export function clientOf(row: ClientRow): RegisteredClient {
  const name = typeof row.metadata.client_name === 'string' ? row.metadata.client_name : row.id
  const { id, source, metadata, default_resource: defaultResource, created_at: createdAt } = row
  return { id, name, source, metadata, defaultResource: defaultResource ?? undefined, createdAt }
}

const HASHED = 'sha256:'

/** Whether a secret is what is stored of one. */
export const isHashedSecret = (secret: unknown): boolean => typeof secret === 'string' && secret.startsWith(HASHED)

/** What is stored of a client secret. Our secrets carry 256 random bits, so a plain digest cannot be guessed back. */
export function hashClientSecret(secret: string): string {
  return HASHED + createHash('sha256').update(secret).digest('base64url')
}

/** Metadata as it is stored. */
export function withHashedSecret(metadata: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { client_secret: secret } = metadata
  if (typeof secret !== 'string' || isHashedSecret(secret)) return metadata
  return { ...metadata, client_secret: hashClientSecret(secret) }
}
