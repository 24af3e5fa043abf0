import type { SettingsFlags } from '../config/flags.ts'
import type { Settings } from '../config/settings.ts'
import { isMigrated, migrateDatabase, openStore, type Store } from '../store/index.ts'
import { CommandError } from './command-error.ts'
import { settingsOfCommand } from './command-settings.ts'
import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** A command sends its few statements one after the other. */
const POOL_SIZE = 1

/**
 * Gives `work` the URL of the database: the configured one, else the embedded one of the data folder, which is started
 * for the time of the command when nobody runs it.
 */
export async function withDatabase<Result>(
  terminal: Terminal,
  flags: SettingsFlags,
  work: (database: {
    readonly url: string
    readonly embedded: boolean
    readonly settings: Settings
  }) => Promise<Result>,
): Promise<Result> {
  return withDatabaseOf(terminal, settingsOfCommand(terminal, 'administer', flags), work)
}

/** The same for settings that were loaded already. */
export async function withDatabaseOf<Result>(
  terminal: Terminal,
  settings: Settings,
  work: (database: {
    readonly url: string
    readonly embedded: boolean
    readonly settings: Settings
  }) => Promise<Result>,
): Promise<Result> {
  if (settings.databaseUrl !== undefined) return work({ url: settings.databaseUrl.reveal(), embedded: false, settings })
  // Loaded only here: production installs have no embedded PostgreSQL.
  const { connectEmbeddedPostgres } = await import('../dev/embedded-postgres.ts')
  const { postgresFolderOf } = await import('../dev/postgres-folder.ts')
  const interrupt = () => process.exit(EXIT.interrupted)
  process.once('SIGINT', interrupt)
  const dataDir = postgresFolderOf(settings.dataDir)
  const postgres = await connectEmbeddedPostgres({ dataDir, log: (message) => terminal.log(message) })
  try {
    return await work({ url: postgres.url, embedded: true, settings })
  } finally {
    await postgres.stop()
    process.off('SIGINT', interrupt)
  }
}

/**
 * Gives `work` an open store. The embedded database is migrated on the way, as `sallyport dev` would; one that an
 * operator runs is not touched by a command that was not asked to.
 * @throws CommandError when the configured database has steps to come
 */
export async function withStore<Result>(
  terminal: Terminal,
  flags: SettingsFlags,
  work: (store: Store, settings: Settings) => Promise<Result>,
): Promise<Result> {
  return withDatabase(terminal, flags, async ({ url, embedded, settings }) => {
    if (embedded) await migrateDatabase(url)
    else if (!(await isMigrated(url))) throw notMigrated()
    const store = openStore({ databaseUrl: url, poolSize: POOL_SIZE, log: (message) => terminal.log(message) })
    try {
      return await work(store, settings)
    } finally {
      await store.close()
    }
  })
}

export function notMigrated(): CommandError {
  const message = 'the database is not at the newest step: run `sallyport migrate`'
  return new CommandError(EXIT.refused, 'SALLYPORT_E_NOT_MIGRATED', message)
}
