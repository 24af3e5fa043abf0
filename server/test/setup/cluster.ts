import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts'
import { migrateDatabase } from '../../src/store/index.ts'
import { openCanaryRun } from '../canary/run.ts'
import { COUNT_ROWS } from './changed-tables.ts'
import { makeTestFolder, sweepTestFolders } from './test-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL whose role may create databases; the database it names is nobody's to write. */
    readonly databaseUrl: string
    /** Name of the migrated database that every test database is a copy of. */
    readonly templateDatabase: string
    /** How the names of the databases of this run begin. */
    readonly databasePrefix: string
    /** File in which each search for secrets notes what it looked at. */
    readonly canaryReport: string
  }
}

interface Cluster {
  readonly url: string
  stop(): Promise<void>
}

/** Two workers, each with a server of several processes and pools of its own. */
const MAX_CONNECTIONS = '300'

/** Nothing here outlives the run, so nothing waits for a disk. */
const VOLATILE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: MAX_CONNECTIONS }

let tearDown: () => Promise<void> = async () => undefined

/** One PostgreSQL for the whole run: TEST_DATABASE_URL, else an embedded one in a temporary folder. */
export async function setup(project: TestProject): Promise<void> {
  const cluster = await openCluster()
  const run = randomBytes(6).toString('hex')
  const templateDatabase = `sallyport_template_${run}`
  const databasePrefix = `sallyport_test_${run}_`
  const canary = await openCanaryRun(cluster.url, databasePrefix)
  tearDown = async () => {
    try {
      await canary.finish()
    } finally {
      await execute(cluster.url, `DROP DATABASE IF EXISTS ${templateDatabase} WITH (FORCE)`).finally(cluster.stop)
    }
  }
  try {
    await execute(cluster.url, `CREATE DATABASE ${templateDatabase}`)
    await migrateDatabase(databaseOn(cluster.url, templateDatabase))
    await execute(databaseOn(cluster.url, templateDatabase), COUNT_ROWS)
  } catch (error) {
    await tearDown()
    throw error
  }
  project.provide('databaseUrl', cluster.url)
  project.provide('templateDatabase', templateDatabase)
  project.provide('databasePrefix', databasePrefix)
  project.provide('canaryReport', canary.report)
}

/** Ends what `setup` started. */
export async function teardown(): Promise<void> {
  await tearDown()
}

async function openCluster(): Promise<Cluster> {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined && given !== '') return { url: given, stop: async () => undefined }
  await sweepTestFolders()
  const folder = await makeTestFolder()
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: () => {}, flags: VOLATILE })
    return { url: postgres.url, stop: () => postgres.stop().finally(removeFolder) }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** Runs one statement on its own connection. */
export async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The same server, another database. */
export function databaseOn(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}
