import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import type { RegisteredClient } from '../store/clients.ts'
import type { Store } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { dayOf, printList } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface ClientListOptions extends SettingsFlags {
  readonly json?: boolean
}

/** `sallyport client list`: every client, whoever registered it, and those known by their documents. */
export function clientListCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'list',
    summary: 'list the clients',
    examples: [
      'sallyport client list',
      'sallyport client list --json | jq \'.clients[] | select(.source == "dynamic")\'',
    ],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print JSON, as is done when stdout is not a terminal')
    .action(async ({ json, ...flags }: ClientListOptions) => {
      const clients = (await withStore(terminal, flags, listClients)).map(describeClient)
      printList(
        terminal,
        json,
        { clients },
        {
          columns: ['id', 'name', 'source', 'kind', 'created'],
          rows: clients.map(({ id, name, source, confidential, createdAt }) => {
            return [id, name, source, confidential ? 'confidential' : 'public', dayOf(createdAt)]
          }),
          empty: 'there are no clients: add one with `sallyport client add`, or let them register',
        },
      )
    })
}

/** Those that are registered, then those that are known by the document at their id. */
async function listClients(store: Store): Promise<readonly RegisteredClient[]> {
  return [...(await store.clients.list()), ...(await store.clientDocuments.list())]
}

/** What may be shown of a client: never its metadata as it is, which holds the digest of the secret. */
function describeClient({ id, name, source, metadata, defaultResource, createdAt }: RegisteredClient) {
  const { redirect_uris: redirectUris, token_endpoint_auth_method: method } = metadata
  return {
    id,
    name,
    source,
    confidential:
      method !== 'none' &&
      (metadata.client_secret !== undefined || metadata.jwks !== undefined || metadata.jwks_uri !== undefined),
    redirectUris: Array.isArray(redirectUris) ? redirectUris : [],
    defaultResource: defaultResource ?? null,
    createdAt: createdAt.toISOString(),
  }
}
