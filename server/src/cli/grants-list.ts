import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { addSelectionFlags, type SelectionFlags, selectionOf } from './grants-selection.ts'
import { printList } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface GrantsListOptions extends SettingsFlags, SelectionFlags {
  readonly json?: boolean
}

/** `sallyport grants list`: what acts for people at this moment. */
export function grantsListCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'list',
    summary: 'list what people have allowed and is still in force',
    details:
      'A grant is one authorization: one code, one family of refresh tokens, and what was exchanged from them. Its id is the `gid` of its access tokens.',
    examples: [
      'sallyport grants list --user alice',
      "sallyport grants list --client https://app.example.com/client.json --json | jq -r '.grants[].id'",
    ],
  })
  return addSettingsFlags(addSelectionFlags(command), DATABASE_FLAGS)
    .option('--json', 'print JSON, as is done when stdout is not a terminal')
    .action(async ({ json, user, client, resource, ...flags }: GrantsListOptions) => {
      const selection = selectionOf({ user, client, resource })
      const found = await withStore(terminal, flags, (store) => store.consentList.listGrants(selection))
      const grants = found.map(({ login, createdAt, lastUsedAt, expiresAt, ...grant }) => ({
        ...grant,
        user: login,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
        expiresAt: expiresAt.toISOString(),
      }))
      printList(
        terminal,
        json,
        { grants },
        {
          columns: ['id', 'user', 'client', 'resource', 'scopes', 'created', 'last used'],
          rows: grants.map(({ id, user, clientId, resourceUri, scopes, createdAt, lastUsedAt }) => {
            return [id, user, clientId, resourceUri, scopes.join(' '), minute(createdAt), minute(lastUsedAt)]
          }),
          empty: 'nobody has allowed anything that is still in force',
        },
      )
    })
}

function minute(time: string | null): string {
  return time === null ? 'never' : time.slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ')
}
