import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { refuseLeaks, searchDatabase } from '../canary/index.ts'
import { databaseOn, execute } from './cluster.ts'

/** A database of one test file's own. */
export interface TestDatabase {
  readonly url: string
  /** @throws when it holds a secret that the tests were given, or anything of the shape of one; it is gone then too */
  drop(): Promise<void>
}

/** Makes a fresh, migrated database: a copy of the run's template, on the run's PostgreSQL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('databaseUrl')
  const name = `${inject('databasePrefix')}${randomBytes(6).toString('hex')}`
  const url = databaseOn(server, name)
  let dropped = false
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${inject('templateDatabase')}`)
  return {
    url,
    async drop() {
      if (dropped) return
      dropped = true
      const leaks = await searchDatabase(url, inject('canaryReport'))
      // Forced: a server that a test killed may not have closed its connections yet.
      await execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      refuseLeaks(leaks)
    },
  }
}
