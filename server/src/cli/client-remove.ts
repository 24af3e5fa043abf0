import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import type { Store } from '../store/index.ts'
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
    details:
      'A client that is the URL of its document comes back with its next authorization, and people are asked again; clientDocuments.mode says whose documents are taken.',
    examples: [
      'sallyport client remove client_5f0c9a7be6d1',
      'sallyport client remove https://app.example.com/client.json',
    ],
  })
  command.argument('<id>', 'client identifier, or the URL that is one')
  return addSettingsFlags(command, DATABASE_FLAGS).action(async (id: string, flags: SettingsFlags) => {
    requireRemoved('client', id, await withStore(terminal, flags, (store) => removeClient(store, id)))
    terminal.log(`client ${id} is removed, its grants are ended`)
  })
}

async function removeClient(store: Store, id: string): Promise<'removed' | 'unknown' | 'owned-by-settings'> {
  const outcome = await store.clients.remove(id)
  if (outcome !== 'unknown') return outcome
  return (await store.clientDocuments.end(id, 'client-removed')) === 'ended' ? 'removed' : 'unknown'
}
