import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { displayName } from '../config/schema-parts.ts'
import { hashPassword } from '../store/password.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { requireLogin } from './login.ts'
import { addPasswordOptions, type PasswordOptions, readNewPassword } from './password-source.ts'
import { printFields, printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface UserAddOptions extends SettingsFlags, PasswordOptions {
  readonly name?: string
  readonly json?: boolean
}

/** `sallyport user add`: a person with a local password. */
export function userAddCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'add',
    summary: 'add a person who signs in with a password',
    examples: [
      'sallyport user add alice --name "Alice Archer"',
      'sallyport user add alice --password-file alice.password',
      'pass show alice | sallyport user add alice --password-stdin',
    ],
  })
  command
    .argument('<login>', 'what the person types to sign in')
    .option('--name <name>', 'shown to others (default: the login)')
  return addSettingsFlags(addPasswordOptions(command), DATABASE_FLAGS)
    .option('--json', 'print the result as JSON')
    .action(async (login: string, { name = login, json, ...options }: UserAddOptions) => {
      requireLogin(login)
      if (!displayName().safeParse(name).success) {
        throw new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', '--name must be 1 to 64 visible characters')
      }
      const passwordHash = await hashPassword(await readNewPassword(terminal, login, options))
      const added = await withStore(terminal, options, (store) => store.accounts.add({ login, name, passwordHash }))
      if (!added.ok) throw new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', `there is a user ${login} already`)
      const { id, login: stored } = added.account
      if (json) printJson(terminal, { id, login: stored, name: added.account.name })
      else printFields(terminal, { user: stored, id })
    })
}
