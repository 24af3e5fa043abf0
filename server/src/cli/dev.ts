import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { settingsOfCommand } from './command-settings.ts'
import { EXIT } from './exit-code.ts'
import { addSettingsFlags, DEV_FLAGS } from './settings-flags.ts'

/** `sallyport dev`: the whole thing on this machine, demo included. */
export function devCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'dev',
    summary: 'run everything on this machine: database, authorization server and a demo MCP server',
    details: 'Listens on 127.0.0.1 only, makes its own secrets and keeps its data in the data folder.',
    examples: ['sallyport dev', 'sallyport dev --port 9500 --data-dir .sallyport-2'],
  })
  return addSettingsFlags(command, DEV_FLAGS).action(async (flags: SettingsFlags) => {
    const settings = settingsOfCommand(terminal, 'dev', flags)
    // Loaded only here: a production install has none of the packages it needs.
    const { runDev } = await import('../dev/run-dev.ts').catch((error: unknown) => {
      throw explainMissing(error)
    })
    const output = { write: (text: string) => terminal.write(text), log: (line: string) => terminal.log(line) }
    if ((await runDev(settings, output)) !== 0) context.exitCode = 1
  })
}

function explainMissing(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return error
  const [, name = 'one'] = error.message.match(/package '([^']+)'/) ?? []
  const message = `dev needs packages that a production install leaves out (${name}): run it from a checkout`
  return new CommandError(EXIT.refused, 'SALLYPORT_E_PACKAGES_MISSING', message, { cause: error })
}
