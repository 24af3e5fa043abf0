import type { Command } from 'commander'
import type { ConsentSelection } from '../store/consent-list.ts'
import { normaliseLogin } from '../store/index.ts'

/** Flags that choose whose grants are meant. */
export interface SelectionFlags {
  readonly user?: string | undefined
  readonly client?: string | undefined
  readonly resource?: string | undefined
}

export function addSelectionFlags(command: Command): Command {
  return command
    .option('--user <login>', 'of this person')
    .option('--client <id>', 'to this client')
    .option('--resource <uri>', 'for this MCP server')
}

export function selectionOf({ user, client, resource }: SelectionFlags): ConsentSelection {
  return { login: user === undefined ? undefined : normaliseLogin(user), clientId: client, resourceUri: resource }
}
