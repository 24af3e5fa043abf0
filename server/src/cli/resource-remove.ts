import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { requireRemoved } from './require-removed.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

/** `sallyport resource remove`: no more tokens for an MCP server. */
export function resourceRemoveCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'remove',
    summary: 'remove an MCP server and end the grants for it',
    examples: ['sallyport resource remove issues'],
  })
  command.argument('<id>', 'short name of the resource')
  return addSettingsFlags(command, DATABASE_FLAGS).action(async (id: string, flags: SettingsFlags) => {
    requireRemoved('resource', id, await withStore(terminal, flags, (store) => store.resources.remove(id)))
    terminal.log(`resource ${id} is removed, the grants for it are ended`)
  })
}
