import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { requireLogin, unknownLogin } from './login.ts'
import { dayOf, printList } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface PasskeysListOptions extends SettingsFlags {
  readonly json?: boolean
}

/** `sallyport passkeys list`: what a person can sign in by besides the password. */
export function passkeysListCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'list',
    summary: 'list the passkeys of a person',
    details:
      'People add passkeys at /account. One is suspended when its counter went back: somebody may have a copy of it.',
    examples: ['sallyport passkeys list alice', "sallyport passkeys list alice --json | jq -r '.passkeys[].id'"],
  })
  command.argument('<login>', 'whose')
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print JSON, as is done when stdout is not a terminal')
    .action(async (login: string, { json, ...flags }: PasskeysListOptions) => {
      requireLogin(login)
      const owned = await withStore(terminal, flags, (store) => store.passkeys.listOf(login))
      if (owned === undefined) throw unknownLogin(login)
      const passkeys = owned.map(({ id, name, createdAt, lastUsedAt, suspendedAt }) => ({
        ...{ id, name, createdAt: createdAt.toISOString() },
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
        suspendedAt: suspendedAt?.toISOString() ?? null,
      }))
      printList(
        terminal,
        json,
        { passkeys },
        {
          columns: ['id', 'name', 'added', 'last used', 'state'],
          rows: passkeys.map(({ id, name, createdAt, lastUsedAt, suspendedAt }) => {
            const state = suspendedAt === null ? 'active' : `suspended ${dayOf(suspendedAt)}`
            return [id, name, dayOf(createdAt), lastUsedAt === null ? 'never' : dayOf(lastUsedAt), state]
          }),
          empty: `${login} has no passkeys`,
        },
      )
    })
}
