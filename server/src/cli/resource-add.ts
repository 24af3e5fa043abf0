import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { filesNamedBy, readNamedFiles } from '../config/named-files.ts'
import { judgeResources } from '../config/resource-rules.ts'
import { resourceSchema } from '../config/schema-registry.ts'
import type { ResourceSettings } from '../config/settings.ts'
import type { ResourceRefusal } from '../store/resources.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { judgeEntry } from './judge-entry.ts'
import { collect } from './option-list.ts'
import { printFields, printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import type { Terminal } from './terminal.ts'
import { withStore } from './with-store.ts'

interface ResourceAddOptions extends SettingsFlags {
  readonly id: string
  readonly uri: string
  readonly name: string
  readonly tools: string
  readonly alias?: readonly string[]
  readonly accessTokenSeconds?: string
  readonly json?: boolean
}

const FLAG_OF = {
  id: '--id',
  uri: '--uri',
  name: '--name',
  tools: '--tools',
  aliases: '--alias',
  accessTokenSeconds: '--access-token-seconds',
}

/** `sallyport resource add`: an MCP server that tokens can be issued for. */
export function resourceAddCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'add',
    summary: 'register an MCP server as a protected resource',
    details: 'The identifier is brought into its one canonical spelling and becomes the audience of the tokens.',
    examples: [
      'sallyport resource add --id issues --uri https://mcp.example.com/mcp --name "Issue tracker" --tools tools.yaml',
      'sallyport resource add --id issues --uri https://mcp.example.com/mcp --name Issues --tools tools.yaml --alias https://mcp.example.com',
    ],
  })
  command
    .requiredOption('--id <id>', 'short name in URLs and on the command line')
    .requiredOption('--uri <uri>', 'resource identifier: the URL clients use')
    .requiredOption('--name <name>', 'shown on the consent page')
    .requiredOption('--tools <file>', 'tools file')
    .option('--alias <uri>', 'another spelling that means this server; can be repeated', collect)
    .option('--access-token-seconds <number>', 'access token lifetime, where it differs')
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...options }: ResourceAddOptions) => {
      const resource = judgeOptions(terminal, options)
      const row = { ...resource, accessTokenSeconds: resource.accessTokenSeconds, source: 'cli' as const }
      const added = await withStore(terminal, options, (store) => store.resources.add(row))
      if (!added.ok) throw new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', explainRefusal(resource, added.reason))
      const { id, uri, aliases } = resource
      if (json) printJson(terminal, { id, uri, aliases })
      else printFields(terminal, { resource: id, uri })
    })
}

function judgeOptions(terminal: Terminal, options: ResourceAddOptions): ResourceSettings {
  const { id, uri, name, tools, alias = [], accessTokenSeconds } = options
  const seconds =
    accessTokenSeconds !== undefined && /^\d{1,9}$/.test(accessTokenSeconds)
      ? Number(accessTokenSeconds)
      : accessTokenSeconds
  const value = {
    id,
    uri,
    name,
    tools,
    aliases: alias,
    ...(seconds === undefined ? {} : { accessTokenSeconds: seconds }),
  }
  const baseDir = terminal.cwd
  const files = readNamedFiles(filesNamedBy({ resources: [value] }, baseDir), (path) => readFileSync(path, 'utf8'))
  return judgeEntry(terminal, { schema: resourceSchema, value, flagOf: FLAG_OF }, (entry, findings) => {
    const [resource] = judgeResources([{ index: 0, entry }], { files, baseDir, findings })
    return resource
  })
}

function explainRefusal({ id, uri }: ResourceSettings, reason: ResourceRefusal): string {
  switch (reason) {
    case 'id-taken':
      return `there is a resource ${id} already`
    case 'uri-taken':
      return `${uri} means another resource already: see \`sallyport resource list\``
    case 'alias-taken':
      return 'an alias means another resource already: see `sallyport resource list`'
    case 'origin-alias-ambiguous':
      return 'a bare origin cannot be an alias while two resources live on it: remove that alias first'
  }
}
