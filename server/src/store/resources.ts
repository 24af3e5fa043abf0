import { actId } from './audit-event.ts'
import { withdrawConsents } from './consents.ts'
import { type Database, type Statement, sqlState, UNIQUE_VIOLATION } from './database.ts'
import { endGrants } from './grants.ts'

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
}

export type ResourceRefusal = 'id-taken' | 'uri-taken' | 'alias-taken' | 'origin-alias-ambiguous'

export interface Resources {
  add(resource: RegisteredResource): Promise<{ ok: true } | { ok: false; reason: ResourceRefusal }>
  /** Adds the resource, or brings an existing one of the same id and source up to date. */
  put(resource: RegisteredResource): Promise<{ ok: true } | { ok: false; reason: ResourceRefusal }>
  list(): Promise<readonly RegisteredResource[]>
  /** Ends every grant for the resource, and what people agreed to for it. */
  remove(id: string): Promise<'removed' | 'unknown' | 'owned-by-settings'>
  /** Makes the resources of the settings file exactly these. */
  replaceSettings(
    resources: readonly RegisteredResource[],
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
}

const LIST: Statement = {
  name: 'resource list',
  text: `SELECT r.id, r.uri, r.name, r.tools, r.access_token_seconds, r.source,
      coalesce((SELECT jsonb_agg(x.uri ORDER BY x.uri) FROM resource_aliases x WHERE x.resource_id = r.id), '[]'::jsonb) AS aliases
    FROM resources r ORDER BY r.created_at, r.id`,
}

const write = (onConflict: string): string => `WITH stored AS (
    INSERT INTO resources (id, uri, name, tools, access_token_seconds, source, created_at)
    VALUES ($1, $2, $3, $4::json, $5, $6, now()) ${onConflict} RETURNING id),
  forgotten AS (DELETE FROM resource_aliases WHERE resource_id IN (SELECT id FROM stored) AND NOT (uri = ANY($7::text[]))),
  aliased AS (INSERT INTO resource_aliases (uri, resource_id) SELECT unnest($7::text[]), id FROM stored
    ON CONFLICT (uri) DO UPDATE SET resource_id = excluded.resource_id WHERE resource_aliases.resource_id = excluded.resource_id)
  SELECT id FROM stored`

const ADD: Statement = { name: 'resource add', text: write('') }
const PUT: Statement = {
  name: 'resource put',
  text: write(`ON CONFLICT (id) DO UPDATE SET uri = excluded.uri, name = excluded.name, tools = excluded.tools,
    access_token_seconds = excluded.access_token_seconds WHERE resources.source = excluded.source`),
}

const endWithResource = `${endGrants('resource_uri IN (SELECT uri FROM gone)', 'resource-removed', '$2')},
  ${withdrawConsents('resource_uri IN (SELECT uri FROM gone)')}
  SELECT id FROM gone`

const REMOVE: Statement = {
  name: 'resource remove',
  text: `WITH gone AS (DELETE FROM resources WHERE id = $1 AND source <> 'settings' RETURNING id, uri), ${endWithResource}`,
}

const KEEP_SETTINGS: Statement = {
  name: 'resource keep settings',
  text: `WITH gone AS (DELETE FROM resources WHERE source = 'settings' AND NOT (id = ANY($1::text[])) RETURNING id, uri), ${endWithResource}`,
}

export function createResources(database: Database): Resources {
  const list = async (): Promise<readonly RegisteredResource[]> => (await database.read<Row>(LIST, [])).map(resourceOf)
  const store = async (statement: Statement, resource: RegisteredResource) => {
    const others = (await list()).filter(({ id }) => id !== resource.id)
    const clash = judgeSpellings(resource, others)
    if (clash !== undefined) return { ok: false, reason: clash } as const
    const { id, uri, name, tools, accessTokenSeconds, source, aliases } = resource
    try {
      const values = [id, uri, name, JSON.stringify(tools), accessTokenSeconds ?? null, source, aliases]
      const rows = await database.write(statement, values)
      return rows.length > 0 ? ({ ok: true } as const) : ({ ok: false, reason: 'id-taken' } as const)
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) return { ok: false, reason: 'id-taken' } as const
      throw error
    }
  }
  return {
    list,
    add: (resource) => store(ADD, resource),
    put: (resource) => store(PUT, resource),
    async remove(id) {
      if ((await database.write(REMOVE, [id, actId()])).length > 0) return 'removed'
      return (await list()).some((resource) => resource.id === id) ? 'owned-by-settings' : 'unknown'
    },
    async replaceSettings(resources) {
      await database.write(KEEP_SETTINGS, [resources.map(({ id }) => id), actId()])
      for (const resource of resources) {
        const stored = await store(PUT, resource)
        if (!stored.ok) return { ok: false, id: resource.id, reason: stored.reason }
      }
      return { ok: true }
    },
  }
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
  const { id, uri, name, aliases, tools, source, access_token_seconds: seconds } = row
  return { id, uri, name, aliases, tools, source, accessTokenSeconds: seconds ?? undefined }
}
