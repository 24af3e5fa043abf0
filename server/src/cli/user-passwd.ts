import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { hashPassword } from '../store/password.ts'
import { type CommandContext, createCommand } from './command.ts'
import { requireLogin, unknownLogin } from './login.ts'
import { addPasswordOptions, type PasswordOptions, readNewPassword } from './password-source.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

/** `sallyport user passwd`: a new password, which ends what the old one opened. */
export function userPasswdCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'passwd',
    summary: 'set a new password',
    details: 'Ends the sessions of the person and every grant made for them: clients have to ask again.',
    examples: ['sallyport user passwd alice', 'sallyport user passwd alice --password-file alice.password'],
  })
  command.argument('<login>', 'whose password')
  return addSettingsFlags(addPasswordOptions(command), DATABASE_FLAGS).action(
    async (login: string, options: SettingsFlags & PasswordOptions) => {
      requireLogin(login)
      const passwordHash = await hashPassword(await readNewPassword(terminal, login, options))
      const found = await withStore(terminal, options, (store) => store.accounts.setPasswordHash(login, passwordHash))
      if (!found) throw unknownLogin(login)
      terminal.log(`the password of ${login} is changed, sessions and grants are ended`)
    },
  )
}
