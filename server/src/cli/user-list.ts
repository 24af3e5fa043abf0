import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { dayOf, printList } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface UserListOptions extends SettingsFlags {
  readonly json?: boolean
}

/** `sallyport user list`: who can sign in, and who no longer can. */
export function userListCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'list',
    summary: 'list the people of this server',
    examples: ['sallyport user list', "sallyport user list --json | jq -r '.users[].login'"],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print JSON, as is done when stdout is not a terminal')
    .action(async ({ json, ...flags }: UserListOptions) => {
      const accounts = await withStore(terminal, flags, (store) => store.accounts.list())
      const users = accounts.map(({ id, login, name, createdAt, disabledAt }) => {
        return { id, login, name, createdAt: createdAt.toISOString(), disabledAt: disabledAt?.toISOString() ?? null }
      })
      printList(
        terminal,
        json,
        { users },
        {
          columns: ['login', 'name', 'created', 'state'],
          rows: users.map((user) => [
            user.login,
            user.name,
            dayOf(user.createdAt),
            user.disabledAt === null ? 'active' : `disabled ${dayOf(user.disabledAt)}`,
          ]),
          empty: 'there are no users: add one with `sallyport user add <login>`',
        },
      )
    })
}
