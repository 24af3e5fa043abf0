import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { migrateDatabase } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withDatabase } from './with-store.ts'

interface MigrateOptions extends SettingsFlags {
  readonly json?: boolean
}

/** `sallyport migrate`: brings the database to the newest step. */
export function migrateCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'migrate',
    summary: 'bring the database to the newest step',
    details: 'Safe to run from several places at once, and again: what is done is not done twice.',
    examples: ['DATABASE_URL_FILE=/run/secrets/database sallyport migrate', 'sallyport migrate --json'],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...flags }: MigrateOptions) => {
      const { applied } = await withDatabase(terminal, flags, ({ url }) => migrateDatabase(url))
      if (json) printJson(terminal, { applied })
      else if (applied.length === 0) terminal.write('the database is at the newest step\n')
      else for (const step of applied) terminal.write(`applied ${step}\n`)
    })
}
