import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { requireRemoved } from './require-removed.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

/** `sallyport client remove`: the client and every grant made to it. */
export function clientRemoveCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'remove',
    summary: 'remove a client and end its grants',
    examples: ['sallyport client remove client_5f0c9a7be6d1'],
  })
  command.argument('<id>', 'client identifier')
  return addSettingsFlags(command, DATABASE_FLAGS).action(async (id: string, flags: SettingsFlags) => {
    requireRemoved('client', id, await withStore(terminal, flags, (store) => store.clients.remove(id)))
    terminal.log(`client ${id} is removed, its grants are ended`)
  })
}
