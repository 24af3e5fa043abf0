import { actId } from './audit-event.ts'
import { type ClientRow, clientOf, FIND_CLIENT } from './clients.ts'
import { withdrawConsents } from './consents.ts'
import { type Database, type Statement, sqlState, UNIQUE_VIOLATION } from './database.ts'
import { ENDED, endGrants, writeEnding } from './grants.ts'
import { endWithoutResource } from './orphans.ts'
import { judgeReferences, type ReferenceRefusal, type ResourceClient } from './resource-references.ts'

/** Who registered a resource: the settings file, the command line, or `sallyport dev` for its demo. */
export type ResourceSource = 'settings' | 'cli' | 'demo'

/** A protected resource as the registry keeps it. */
export interface RegisteredResource {
  readonly id: string
  /** Canonical identifier; the `aud` of its tokens. */
  readonly uri: string
  readonly name: string
  /** Other spellings, canonical in scheme, host and port. */
  readonly aliases: readonly string[]
  /** The tools file as a plain object. */
  readonly tools: unknown
  readonly accessTokenSeconds: number | undefined
  readonly source: ResourceSource
  /** The client this server signs in with; it alone may exchange this resource's tokens. */
  readonly ownerClientId: string | undefined
  /** Reached by exchange alone: nobody can authorize a client for it. */
  readonly exchangeOnly: boolean
  /** Ids of the resources whose owner may exchange their tokens into this one. */
  readonly exchangeFrom: readonly string[]
}

type Delegation = 'ownerClientId' | 'exchangeOnly' | 'exchangeFrom'

/** A resource on its way into the registry; unless said otherwise nobody exchanges anything. */
export type NewResource = Omit<RegisteredResource, Delegation> & Partial<Pick<RegisteredResource, Delegation>>

export type ResourceRefusal = 'id-taken' | 'uri-taken' | 'alias-taken' | 'origin-alias-ambiguous' | ReferenceRefusal

type Stored = { ok: true } | { ok: false; reason: ResourceRefusal }

export interface Resources {
  /** @param client made in the same statement, and the owner of the resource */
  add(resource: NewResource, client?: ResourceClient): Promise<Stored>
  /**
   * Adds the resource, or brings an existing one of the same id and source up to date.
   * @param client made or brought up to date in the same statement, and the owner of the resource
   */
  put(resource: NewResource, client?: ResourceClient): Promise<Stored>
  list(): Promise<readonly RegisteredResource[]>
  /** Ends every grant for the resource, and what people agreed to for it. */
  remove(id: string): Promise<'removed' | 'unknown' | 'owned-by-settings'>
  /** Makes the resources of the settings file exactly these. */
  replaceSettings(
    resources: readonly NewResource[],
  ): Promise<{ ok: true } | { ok: false; id: string; reason: ResourceRefusal }>
}

interface Row {
  id: string
  uri: string
  name: string
  aliases: string[]
  tools: unknown
  access_token_seconds: number | null
  source: ResourceSource
  owner_client_id: string | null
  exchange_only: boolean
  exchange_from: string[]
}

const LIST: Statement = {
  name: 'resource list',
  text: `SELECT r.id, r.uri, r.name, r.tools, r.access_token_seconds, r.source,
      r.owner_client_id, r.exchange_only, r.exchange_from,
      coalesce((SELECT jsonb_agg(x.uri ORDER BY x.uri) FROM resource_aliases x WHERE x.resource_id = r.id), '[]'::jsonb) AS aliases
    FROM resources r ORDER BY r.created_at, r.id`,
}

const write = (onConflict: string, onClientConflict: string): string => `WITH stored AS (
    INSERT INTO resources (id, uri, name, tools, access_token_seconds, source, owner_client_id, exchange_only, exchange_from, created_at)
    VALUES ($1, $2, $3, $4::json, $5, $6, $8, $9, $10::jsonb, now()) ${onConflict} RETURNING id),
  forgotten AS (DELETE FROM resource_aliases WHERE resource_id IN (SELECT id FROM stored) AND NOT (uri = ANY($7::text[]))),
  aliased AS (INSERT INTO resource_aliases (uri, resource_id) SELECT unnest($7::text[]), id FROM stored
    ON CONFLICT (uri) DO UPDATE SET resource_id = excluded.resource_id WHERE resource_aliases.resource_id = excluded.resource_id),
  keyed AS (INSERT INTO clients (id, source, metadata, created_at)
    SELECT $8::text, 'resource', $11::jsonb, now() FROM stored WHERE $11::jsonb IS NOT NULL ${onClientConflict})
  SELECT id FROM stored`

const ADD: Statement = { name: 'resource add', text: write('', '') }
const PUT: Statement = {
  name: 'resource put',
  text: write(
    `ON CONFLICT (id) DO UPDATE SET uri = excluded.uri, name = excluded.name, tools = excluded.tools,
      access_token_seconds = excluded.access_token_seconds, owner_client_id = excluded.owner_client_id,
      exchange_only = excluded.exchange_only, exchange_from = excluded.exchange_from
      WHERE resources.source = excluded.source`,
    `ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata WHERE clients.source = 'resource'`,
  ),
}

// Another resource that is given the id one day must not inherit what the operator opened to this one.
const endWithResource = `unkeyed AS (DELETE FROM clients WHERE source = 'resource' AND id IN (SELECT owner_client_id FROM gone)
    RETURNING id),
  released AS (UPDATE resources SET exchange_from = exchange_from - ARRAY(SELECT id FROM gone),
      owner_client_id = CASE WHEN owner_client_id IN (SELECT id FROM unkeyed) THEN NULL ELSE owner_client_id END
    WHERE id NOT IN (SELECT id FROM gone)
      AND (exchange_from ?| ARRAY(SELECT id FROM gone) OR owner_client_id IN (SELECT id FROM unkeyed))),
  ${endGrants('resource_uri IN (SELECT uri FROM gone)', 'resource-removed', '$2')},
  ${withdrawConsents('resource_uri IN (SELECT uri FROM gone)')}
  SELECT uri, ${ENDED} FROM gone`

const REMOVE: Statement = {
  name: 'resource remove',
  text: `WITH gone AS (DELETE FROM resources WHERE id = $1 AND source <> 'settings' RETURNING id, uri, owner_client_id), ${endWithResource}`,
}

const KEEP_SETTINGS: Statement = {
  name: 'resource keep settings',
  text: `WITH gone AS (DELETE FROM resources WHERE source = 'settings' AND NOT (id = ANY($1::text[]))
    RETURNING id, uri, owner_client_id), ${endWithResource}`,
}

export function createResources(database: Database): Resources {
  const list = async (): Promise<readonly RegisteredResource[]> => (await database.read<Row>(LIST, [])).map(resourceOf)
  const findClient = async (id: string) => (await database.read<ClientRow>(FIND_CLIENT, [id])).map(clientOf).at(0)
  /** @param alongside ids of resources that are on their way into the registry too */
  const judge = async (resource: RegisteredResource, client?: ResourceClient, alongside: readonly string[] = []) => {
    const others = (await list()).filter(({ id }) => id !== resource.id)
    const known = new Set([...others.map(({ id }) => id), ...alongside])
    const { ownerClientId } = resource
    const found = ownerClientId === undefined ? undefined : await findClient(ownerClientId)
    if (client !== undefined && found !== undefined && found.source !== 'resource') return 'client-taken'
    const owner = client === undefined ? found : { ...UNSTORED, ...client }
    return judgeSpellings(resource, others) ?? judgeReferences(resource, known, owner)
  }
  const store = async (statement: Statement, resource: RegisteredResource, client?: ResourceClient) => {
    try {
      const rows = await database.write(statement, valuesOf(resource, client))
      return rows.length > 0 ? ({ ok: true } as const) : ({ ok: false, reason: 'id-taken' } as const)
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) return { ok: false, reason: 'id-taken' } as const
      throw error
    }
  }
  const judgeAndStore = async (
    statement: Statement,
    made: NewResource,
    client?: ResourceClient,
    alongside?: readonly string[],
  ): Promise<Stored> => {
    const resource = complete(made, client)
    const reason = await judge(resource, client, alongside)
    if (reason !== undefined) return { ok: false, reason }
    await endWithoutResource(database, [resource.uri])
    return store(statement, resource, client)
  }
  const remove = async (statement: Statement, which: unknown): Promise<boolean> => {
    const act = actId()
    const gone = await writeEnding<GoneRow>(database, 'resource-removed', statement, [which, act])
    await endWithoutResource(database, urisOf(gone), act)
    return gone.length > 0
  }
  return {
    list,
    add: (resource, client) => judgeAndStore(ADD, resource, client),
    async put(resource, client) {
      const before = (await list()).filter(({ id }) => id === resource.id)
      const stored = await judgeAndStore(PUT, resource, client)
      await endWithoutResource(database, urisOf(before))
      return stored
    },
    async remove(id) {
      if (await remove(REMOVE, id)) return 'removed'
      return (await list()).some((resource) => resource.id === id) ? 'owned-by-settings' : 'unknown'
    },
    async replaceSettings(resources) {
      const before = await list()
      const ids = resources.map(({ id }) => id)
      await remove(KEEP_SETTINGS, ids)
      for (const made of resources) {
        // Entries of one file may name each other in any order.
        const stored = await judgeAndStore(PUT, made, undefined, ids)
        if (!stored.ok) return { ok: false, id: made.id, reason: stored.reason }
      }
      await endWithoutResource(database, urisOf(before))
      return { ok: true }
    },
  }
}

type GoneRow = { uri: string; ended: number }

const urisOf = (rows: readonly { readonly uri: string }[]): readonly string[] => rows.map(({ uri }) => uri)

/** What the database would say of a client that is stored together with its resource. */
const UNSTORED = {
  name: '',
  source: 'resource',
  defaultResource: undefined,
  managed: false,
  createdAt: new Date(0),
} as const

function complete(resource: NewResource, client?: ResourceClient): RegisteredResource {
  return { exchangeOnly: false, exchangeFrom: [], ...resource, ownerClientId: client?.id ?? resource.ownerClientId }
}

function valuesOf(resource: RegisteredResource, client: ResourceClient | undefined): readonly unknown[] {
  const { id, uri, name, tools, accessTokenSeconds, source, aliases, ownerClientId } = resource
  const described = [id, uri, name, JSON.stringify(tools), accessTokenSeconds ?? null, source, aliases]
  const delegated = [ownerClientId ?? null, resource.exchangeOnly, JSON.stringify(resource.exchangeFrom)]
  return [...described, ...delegated, client === undefined ? null : JSON.stringify(client.metadata)]
}

/**
 * Whether the spellings of `resource` can stand beside those of `others`.
 * A bare origin as an alias says "the server here", which means nothing once two of them live on that origin.
 */
export function judgeSpellings(
  resource: Pick<RegisteredResource, 'uri' | 'aliases'>,
  others: readonly Pick<RegisteredResource, 'uri' | 'aliases'>[],
): ResourceRefusal | undefined {
  const taken = new Set(others.flatMap((other) => [other.uri, ...other.aliases]))
  if (taken.has(resource.uri)) return 'uri-taken'
  if (resource.aliases.some((alias) => taken.has(alias))) return 'alias-taken'
  const neighbours = others.filter((other) => new URL(other.uri).origin === new URL(resource.uri).origin)
  const originAliases = [resource, ...neighbours]
    .flatMap(({ aliases }) => aliases)
    .filter((uri) => new URL(uri).origin === uri)
  return neighbours.length > 0 && originAliases.length > 0 ? 'origin-alias-ambiguous' : undefined
}

function resourceOf(row: Row): RegisteredResource {
  const { id, uri, name, aliases, tools, source } = row
  return {
    id,
    uri,
    name,
    aliases,
    tools,
    source,
    accessTokenSeconds: row.access_token_seconds ?? undefined,
    ownerClientId: row.owner_client_id ?? undefined,
    exchangeOnly: row.exchange_only,
    exchangeFrom: row.exchange_from,
  }
}
