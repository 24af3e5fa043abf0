import type { Database, Statement } from './database.ts'

/** What can be said of a database without changing it. */
export interface DatabaseInspection {
  readonly version: string
  /** Major version. */
  readonly major: number
  /** By the database's clock, in milliseconds since 1970, at about the middle of the question. */
  readonly clock: number
  /** Role that may do anything in the whole cluster. */
  readonly superuser: boolean
  /** Tables of the current schema that this role may not read and write, and what it lacks. */
  readonly lacking: readonly string[]
}

const SERVER: Statement = {
  name: 'inspect server',
  text: `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
    (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS clock,
    coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS superuser`,
}

const RIGHTS: Statement = {
  name: 'inspect rights',
  text: `SELECT c.relname AS name, p.privilege FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS p (privilege)
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname NOT LIKE 'knex\\_%'
      AND NOT (c.relname = 'audit_events' AND p.privilege IN ('UPDATE', 'DELETE'))
      AND NOT has_table_privilege(c.oid, p.privilege) ORDER BY 1, 2`,
}

/** @throws when the database does not answer */
export async function inspectDatabase(database: Database): Promise<DatabaseInspection> {
  const [server] = await database.read<{ version: string; number: number; clock: number; superuser: boolean }>(
    SERVER,
    [],
  )
  if (server === undefined) throw new Error('the database says nothing of itself')
  const lacking = await database.read<{ name: string; privilege: string }>(RIGHTS, [])
  return {
    version: server.version,
    major: Math.floor(server.number / 10_000),
    clock: server.clock,
    superuser: server.superuser,
    lacking: lacking.map(({ name, privilege }) => `${privilege} on ${name}`),
  }
}
