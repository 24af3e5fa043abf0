import { createHash } from 'node:crypto'
import { type AuditEvent, actId } from './audit-event.ts'
import { recordEvents } from './audit-events.ts'
import { withdrawConsents } from './consents.ts'
import { type Database, type Statement, sqlState, UNIQUE_VIOLATION } from './database.ts'
import { ENDED, endGrants, writeEnding } from './grants.ts'
import { ROOM, ROOM_COLUMNS, type RoomRow, type Taking, takenOf, takeRoom } from './limits.ts'
import { endWithoutClient } from './orphans.ts'
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
  /** Whoever registered it changes it, at any process and at any moment. */
  readonly managed: boolean
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
  /**
   * @param request.event recorded when there is a new row
   * @param request.taking what a new row takes, where somebody may add only so many; one that is there already takes nothing
   */
  add(
    client: NewClient,
    request?: { event: AuditEvent; correlationId: string; taking?: Taking },
  ): Promise<
    | { ok: true; client: AddedClient }
    | { ok: false; reason: 'id-taken' }
    | { ok: false; reason: 'too-many'; retryAfterSeconds: number }
  >
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
  managed: boolean
  created_at: Date
}

export const CLIENT_COLUMNS =
  'id, source, metadata, default_resource, management_hash IS NOT NULL AS managed, created_at'
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
    async add(client, request) {
      const taking = request?.taking
      // Nobody had an id of a registration before; any other may have been somebody's.
      if (client.source !== 'dynamic') await endWithoutClient(database, [client.id])
      const { statement, values } = combine(insertOrFind(client, request), outcomeOf(taking))
      try {
        const [row] = await database.write<AdditionRow>(statement, values)
        if (row?.id != null) return { ok: true, client: { id: row.id, createdAt: row.created_at } }
        const taken = takenOf(row, taking?.buckets.length ?? 0)
        if (taken.ok) throw new Error('a client was neither found nor added')
        return { ...taken, reason: 'too-many' }
      } catch (error) {
        if (sqlState(error) === UNIQUE_VIOLATION) return { ok: false, reason: 'id-taken' }
        throw error
      }
    },
    async remove(id) {
      const why = { reason: 'client-removed', act: actId() } as const
      const gone = await writeEnding(database, why.reason, REMOVE, [id, why.act])
      await endWithoutClient(database, [id], why)
      if (gone.length > 0) return 'removed'
      return (await find(id)) === undefined ? 'unknown' : 'owned-by-settings'
    },
    async replaceSettings(clients) {
      const kept = clients.map((client) => client.id)
      await endWithoutClient(database, kept)
      for (const client of clients) {
        const values = [client.id, JSON.stringify(withHashedSecret(client.metadata)), client.defaultResource ?? null]
        if ((await database.write(PUT_SETTINGS, values)).length === 0) return { ok: false, taken: client.id }
      }
      const why = { reason: 'client-removed', act: actId() } as const
      const gone = await writeEnding<GoneRow>(database, why.reason, KEEP_SETTINGS, [kept, why.act])
      await endWithoutClient(
        database,
        gone.map(({ id }) => id),
        why,
      )
      return { ok: true }
    },
  }
}

type GoneRow = { id: string; ended: number }
type AdditionRow = RoomRow & { id: string | null; created_at: Date }

function outcomeOf(taking: Taking | undefined): string {
  const room = taking === undefined ? '0 AS taken, NULL::float8 AS seconds' : ROOM_COLUMNS
  return `SELECT e.id, e.created_at, ${room} FROM (SELECT 1) AS always
    LEFT JOIN (SELECT id, created_at FROM known UNION ALL SELECT id, created_at FROM added) AS e ON true`
}

/**
 * A row for the client, unless there is one with its content: that is marked as seen, so that it does not leave as unused.
 * Of many at once that saw none, the index lets one insert, and the others come back with its row. What only a new row may
 * cost is taken where `known` is empty; what tells of one hangs on `fresh`.
 */
function insertOrFind(client: NewClient, request: Parameters<Clients['add']>[1]): readonly Part[] {
  const known: Part = {
    name: 'known',
    sql: (
      place,
    ) => `UPDATE clients SET last_seen_at = now() WHERE content_hash = ${place(client.contentHash ?? null)}::bytea
      RETURNING id, created_at`,
  }
  const { taking, event, correlationId = '' } = request ?? {}
  const room = taking === undefined ? [] : takeRoom(taking, { unless: 'known' })
  const fresh: Part = { name: 'fresh', sql: (place) => `SELECT id FROM added WHERE id = ${place(client.id)}::text` }
  const events = event === undefined ? [] : [recordEvents([event], correlationId, 'fresh')]
  return [known, ...room, insertClient(client, taking && ROOM), fresh, ...events]
}

/** @param after name of an earlier part; without a row of it nothing is inserted */
function insertClient(client: NewClient, after: string | undefined): Part {
  return {
    name: 'added',
    sql: (
      place,
    ) => `INSERT INTO clients (id, source, metadata, default_resource, content_hash, management_hash, created_at, last_seen_at)
      SELECT ${place(client.id)}::text, ${place(client.source)}::text,
             ${place(JSON.stringify(withHashedSecret(client.metadata)))}::jsonb,
             ${place(client.defaultResource ?? null)}::text, ${place(client.contentHash ?? null)}::bytea,
             ${place(client.managementHash ?? null)}::bytea, now(), now()
       WHERE NOT EXISTS (SELECT 1 FROM known) ${after === undefined ? '' : `AND EXISTS (SELECT 1 FROM ${after})`}
      ON CONFLICT (content_hash) DO UPDATE SET last_seen_at = excluded.last_seen_at RETURNING id, created_at`,
  }
}

export function clientOf(row: ClientRow): RegisteredClient {
  const name = typeof row.metadata.client_name === 'string' ? row.metadata.client_name : row.id
  const { id, source, metadata, managed, default_resource: defaultResource, created_at: createdAt } = row
  return { id, name, source, metadata, defaultResource: defaultResource ?? undefined, managed, createdAt }
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
