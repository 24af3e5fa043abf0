import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { databaseOn, execute } from './cluster.ts'

/** A database of one test file's own. */
export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** Makes a fresh, migrated database: a copy of the run's template, on the run's PostgreSQL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('databaseUrl')
  const name = `sallyport_test_${randomBytes(6).toString('hex')}`
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabase')}`)
  return {
    url: databaseOn(server, name),
    // Forced: a server that a test killed may not have closed its connections yet.
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}
