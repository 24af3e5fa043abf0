import type { Statement } from '../../src/store/database.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { createTestDatabase } from '../setup/database.ts'
import { TOOLS } from './measures.ts'

/** One database, in which sequences run one after the other. */
export interface Ground {
  readonly databaseUrl: string
  begin(graceSeconds: number): Promise<Place>
  close(): Promise<void>
}

/** The people, clients and resources of one sequence, in a database. */
export interface Place {
  readonly store: Store
  readonly graceSeconds: number
  readonly accounts: readonly { readonly id: string; readonly login: string }[]
  readonly clients: readonly string[]
  readonly resources: readonly { readonly id: string; readonly uri: string }[]
  /** The client that owns both resources, and the resource it may exchange their tokens into. */
  readonly owner: string
  readonly target: string
  /** Makes everything of the sequence that lies in the database older. */
  pass(seconds: number): Promise<void>
}

// Tables stay so small that looking through one whole is quick; more often would cost more than it saves.
const SEQUENCES_KEPT = 100

export async function openGround(): Promise<Ground> {
  const database = await createTestDatabase()
  const store = openStore({ databaseUrl: database.url, poolSize: 2 })
  const pass = await passing(store)
  let count = 0
  return {
    databaseUrl: database.url,
    async begin(graceSeconds) {
      if (count % SEQUENCES_KEPT === 0) await store.database.write(EMPTY, [])
      count += 1
      return placeOf(store, pass, { name: `s${count}`, graceSeconds })
    },
    async close() {
      await store.close()
      await database.drop()
    },
  }
}

const EMPTY = {
  name: 'model empty',
  text: 'TRUNCATE accounts, clients, resources, audit_events, replays CASCADE',
}

const BEGIN = {
  name: 'model begin',
  text: `WITH people AS (INSERT INTO accounts (id, login, name, created_at) SELECT id, id, id, now() FROM unnest($1::text[]) AS id),
    identified AS (INSERT INTO identities (issuer, subject, account_id, password_hash, created_at, password_changed_at)
      SELECT 'local', id, id, '$argon2id$v=19$of nothing', now(), now() FROM unnest($1::text[]) AS id),
    signed_in AS (INSERT INTO sessions (uid, account_id, payload, created_at, expires_at)
      SELECT id || ' 0', id, '{}', now(), now() + interval '30 days' FROM unnest($1::text[]) AS id),
    programs AS (INSERT INTO clients (id, source, metadata, created_at) SELECT id, 'cli', '{}', now() FROM unnest($2::text[]) AS id)
    INSERT INTO resources (id, uri, name, tools, source, owner_client_id, exchange_from, created_at)
      SELECT id, 'https://' || id, id, $4::json, 'cli', $5, CASE WHEN id = $6 THEN to_jsonb($3::text[]) ELSE '[]'::jsonb END, now()
        FROM unnest($3::text[] || $6::text) AS id`,
}

async function placeOf(
  store: Store,
  pass: Statement,
  { name, graceSeconds }: { name: string; graceSeconds: number },
): Promise<Place> {
  const accounts = [`${name}-alice`, `${name}-bob`]
  const clients = [`${name}-one`, `${name}-two`]
  const resources = [`${name}-here`, `${name}-there`]
  const [owner, target] = [`${name}-owner`, `${name}-target`]
  const values = [accounts, [...clients, owner], resources, JSON.stringify(TOOLS), owner, target]
  await store.database.write(BEGIN, values)
  return {
    store,
    graceSeconds,
    accounts: accounts.map((id) => ({ id, login: id })),
    clients,
    resources: resources.map((id) => ({ id, uri: `https://${id}` })),
    owner,
    target: `https://${target}`,
    async pass(seconds) {
      await store.database.write(pass, [accounts, seconds])
    },
  }
}

const olderScopes = (type: string): string => `scopes = (SELECT coalesce(jsonb_object_agg(key,
    CASE WHEN value->>'endsAt' IS NULL THEN value
      ELSE jsonb_set(value, '{endsAt}', to_jsonb((value->>'endsAt')::float8 - $2)) END), '{}') FROM jsonb_each(scopes::jsonb))::${type}`

const OF_THEIRS = 'grant_id IN (SELECT id FROM grants WHERE account_id = ANY($1::text[]))'

const MOVED: Readonly<Record<string, { where: string; scopes?: string }>> = {
  consents: { where: 'account_id = ANY($1::text[])', scopes: olderScopes('jsonb') },
  grants: { where: 'account_id = ANY($1::text[])', scopes: olderScopes('json') },
  authorization_codes: { where: OF_THEIRS },
  refresh_tokens: { where: OF_THEIRS },
}

const TIMES = {
  name: 'model times',
  text: `SELECT table_name AS table, column_name AS column FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type = 'timestamp with time zone' AND table_name = ANY($1::text[])`,
}

/** One statement that moves every time there is, those of columns that were added yesterday as well. */
export async function passing(store: Store): Promise<Statement> {
  type Row = { table: string; column: string }
  const times = await store.database.read<Row>(TIMES, [Object.keys(MOVED)])
  const moves = Object.entries(MOVED).map(([table, { where, scopes }]) => {
    const theirs = times.filter((time) => time.table === table)
    const columns = theirs.map(({ column }) => `${column} = ${column} - make_interval(secs => $2)`)
    return `${table}_moved AS (UPDATE ${table} SET ${[...columns, ...(scopes === undefined ? [] : [scopes])].join(', ')} WHERE ${where})`
  })
  return { name: 'model pass', text: `WITH ${moves.join(', ')} SELECT $2::float8` }
}
