import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { requireLogin, unknownLogin } from './login.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

/** `sallyport user disable`: the person can no longer sign in, and nothing acts for them any more. */
export function userDisableCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'disable',
    summary: 'keep a person from signing in, and end what acts for them',
    details:
      'Ends their sessions and grants and removes their passkeys. Access tokens that are out stop within seconds at servers that read the feed of revocations, and elsewhere when they expire, within minutes.',
    examples: ['sallyport user disable alice'],
  })
  command.argument('<login>', 'who')
  return addSettingsFlags(command, DATABASE_FLAGS).action(async (login: string, flags: SettingsFlags) => {
    requireLogin(login)
    if (!(await withStore(terminal, flags, (store) => store.accounts.disable(login)))) throw unknownLogin(login)
    terminal.log(`${login} is disabled, sessions and grants are ended`)
  })
}
