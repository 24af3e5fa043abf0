import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CommandContext, createCommand } from './command.ts'
import { printList } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface ResourceListOptions extends SettingsFlags {
  readonly json?: boolean
}

/** `sallyport resource list`: every MCP server that tokens are issued for. */
export function resourceListCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'list',
    summary: 'list the registered MCP servers',
    examples: ['sallyport resource list', "sallyport resource list --json | jq -r '.resources[].uri'"],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print JSON, as is done when stdout is not a terminal')
    .action(async ({ json, ...flags }: ResourceListOptions) => {
      const registered = await withStore(terminal, flags, (store) => store.resources.list())
      const resources = registered.map(({ accessTokenSeconds, ownerClientId, ...rest }) => {
        return { ...rest, accessTokenSeconds: accessTokenSeconds ?? null, ownerClientId: ownerClientId ?? null }
      })
      printList(
        terminal,
        json,
        { resources },
        {
          columns: ['id', 'name', 'uri', 'aliases', 'source', 'client', 'exchanged from'],
          rows: resources.map(({ id, name, uri, aliases, source, ownerClientId, exchangeFrom }) => {
            return [id, name, uri, aliases.join(' '), source, ownerClientId ?? '', exchangeFrom.join(' ')]
          }),
          empty: 'there are no resources: add one with `sallyport resource add`',
        },
      )
    })
}
