import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { requireLogin, unknownLogin } from './login.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface PasskeysRemoveOptions extends SettingsFlags {
  readonly id?: string
}

/** `sallyport passkeys remove`: for whoever has lost theirs, or never should have had one. */
export function passkeysRemoveCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'remove',
    summary: 'remove the passkeys of a person',
    details:
      'Signs out every browser that signed in with a passkey; what apps were allowed stays allowed. Without passkeys the person signs in with the password, and can add new ones with it.',
    examples: ['sallyport passkeys remove alice', 'sallyport passkeys remove alice --id 019abc12-…'],
  })
  command.argument('<login>', 'whose')
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--id <id>', 'this one alone, by its id in the list')
    .action(async (login: string, { id, ...flags }: PasskeysRemoveOptions) => {
      requireLogin(login)
      const removed = await withStore(terminal, flags, (store) => store.passkeys.removeOf(login, id))
      if (removed === undefined) throw unknownLogin(login)
      if (id !== undefined && removed === 0) throw unknownPasskey(login, id)
      terminal.log(`${removed} ${removed === 1 ? 'passkey' : 'passkeys'} of ${login} removed`)
    })
}

function unknownPasskey(login: string, id: string): CommandError {
  const message = `${login} has no passkey ${id}: see \`sallyport passkeys list ${login}\``
  return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
}
