import knex, { type Knex } from 'knex'
import { type Migration, migrations } from '../../../migrations/index.ts'
import { sqlState, UNIQUE_VIOLATION } from './database.ts'

// Several processes that start on an empty database meet while knex creates its own tables and takes its lock.
// Each wait is short and random; together they outlast any migration of a fresh database.
const TRIES = 60
const WAIT_MS = 250

// Two processes that find knex's table of locks empty each put a row there, and with two rows nobody gets the lock, ever.
const ONE_LOCK = [
  'CREATE TABLE IF NOT EXISTS knex_migrations_lock ("index" serial PRIMARY KEY, is_locked integer)',
  `INSERT INTO knex_migrations_lock ("index", is_locked) SELECT 1, 0
    WHERE NOT EXISTS (SELECT 1 FROM knex_migrations_lock) ON CONFLICT DO NOTHING`,
]

const DUPLICATE_TABLE = '42P07'
// The implicit row type of a table that is being created by another process.
const DUPLICATE_OBJECT = '42710'
const UNDEFINED_TABLE = '42P01'

/**
 * Brings the database to the newest step. Safe when several processes call it at once on an empty database.
 * @returns the names of the steps this call applied; empty when another process was first
 */
export async function migrateDatabase(databaseUrl: string): Promise<{ applied: readonly string[] }> {
  const connection = connect(databaseUrl)
  try {
    return { applied: await applyAll(connection) }
  } finally {
    await connection.destroy()
  }
}

/** Whether every step has been applied. */
export async function isMigrated(databaseUrl: string): Promise<boolean> {
  const connection = connect(databaseUrl)
  try {
    const [, pending] = await connection.migrate.list({ migrationSource: source })
    return pending.length === 0
  } finally {
    await connection.destroy()
  }
}

// knex reports each meeting at its lock on the console; the retry below is the answer to it.
const quiet: Knex.Logger = { warn() {}, error() {}, deprecate() {}, debug() {} }

function connect(databaseUrl: string): Knex {
  return knex({ client: 'pg', connection: databaseUrl, pool: { min: 0, max: 1 }, log: quiet })
}

async function applyAll(connection: Knex): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      for (const statement of ONE_LOCK) await connection.raw(statement)
      const [, applied] = await connection.migrate.latest({ migrationSource: source })
      return applied
    } catch (error) {
      if (attempt >= TRIES || !isContest(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS * Math.random()))
    }
  }
}

function isContest(error: unknown): boolean {
  const state = sqlState(error)
  if (state === UNIQUE_VIOLATION || state === DUPLICATE_TABLE || state === DUPLICATE_OBJECT) return true
  if (state === UNDEFINED_TABLE) return true
  return error instanceof Error && /migration.*lock/i.test(error.message)
}

const source: Knex.MigrationSource<Migration> = {
  getMigrations: async () => [...migrations],
  getMigrationName: (migration) => migration.name,
  getMigration: async (migration) => migration,
}
