import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { filesNamedBy, readNamedFiles } from '../config/named-files.ts'
import { judgeResources } from '../config/resource-rules.ts'
import { resourceSchema } from '../config/schema-registry.ts'
import type { ResourceSettings } from '../config/settings.ts'
import { createExclusively } from '../dev/exclusive-file.ts'
import { generateClientKey } from '../keys/client-key.ts'
import type { Store } from '../store/index.ts'
import { buildResourceClient, resourceClientId } from '../store/resource-references.ts'
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
  readonly exchangeOnly?: boolean
  readonly exchangeFrom?: readonly string[]
  readonly ownerClient?: string
  readonly clientKey?: string
  /** False with `--no-client`. */
  readonly client: boolean
  readonly json?: boolean
}

const FLAG_OF = {
  id: '--id',
  uri: '--uri',
  name: '--name',
  tools: '--tools',
  aliases: '--alias',
  accessTokenSeconds: '--access-token-seconds',
  exchangeOnly: '--exchange-only',
  exchangeFrom: '--exchange-from',
  ownerClient: '--owner-client',
}

/** `sallyport resource add`: an MCP server that tokens can be issued for. */
export function resourceAddCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'add',
    summary: 'register an MCP server as a protected resource',
    details:
      'The identifier is brought into its one canonical spelling and becomes the audience of the tokens. The server gets a client of its own, resource-<id>, to exchange its tokens for those of a downstream API: the private key goes into a file for that server and is kept nowhere else.',
    examples: [
      'sallyport resource add --id issues --uri https://mcp.example.com/mcp --name "Issue tracker" --tools tools.yaml',
      'sallyport resource add --id issues --uri https://mcp.example.com/mcp --name Issues --tools tools.yaml --alias https://mcp.example.com',
      'sallyport resource add --id tickets --uri https://api.example.com --name "Ticket API" --tools tickets.yaml --exchange-only --exchange-from issues --no-client',
    ],
  })
  command
    .requiredOption('--id <id>', 'short name in URLs and on the command line')
    .requiredOption('--uri <uri>', 'resource identifier: the URL clients use')
    .requiredOption('--name <name>', 'shown on the consent page')
    .requiredOption('--tools <file>', 'tools file')
    .option('--alias <uri>', 'another spelling that means this server; can be repeated', collect)
    .option('--access-token-seconds <number>', 'access token lifetime, where it differs')
    .option('--exchange-only', 'tokens for it come from exchange alone, never from a person')
    .option(
      '--exchange-from <id>',
      'resource whose owner may exchange its tokens into this one; can be repeated',
      collect,
    )
    .option('--owner-client <id>', 'a client that is there already signs in for it: makes none')
    .addOption(
      new Option(
        '--client-key <file>',
        'where the private key of its client goes (default: <id>.client-key.json)',
      ).conflicts(['ownerClient', 'client']),
    )
    .option('--no-client', 'make no client: its tokens are never exchanged')
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...options }: ResourceAddOptions) => {
      const resource = judgeOptions(terminal, options)
      const added = await withStore(terminal, options, (store) => addResource(terminal, store, resource, options))
      const { id, uri, aliases } = resource
      if (json) printJson(terminal, { id, uri, aliases, ...added })
      else printFields(terminal, { resource: id, uri, ...describeOwner(added) })
    })
}

/** Who signs in for the resource, and the file with the private key where one was made. */
interface Owner {
  readonly clientId?: string
  readonly clientKeyFile?: string
}

async function addResource(
  terminal: Terminal,
  store: Store,
  settings: ResourceSettings,
  options: ResourceAddOptions,
): Promise<Owner> {
  const { ownerClient, accessTokenSeconds, ...rest } = settings
  const resource = { ...rest, accessTokenSeconds, ownerClientId: ownerClient, source: 'cli' as const }
  if (ownerClient !== undefined || !options.client) {
    requireAdded(settings, await store.resources.add(resource))
    return ownerClient === undefined ? {} : { clientId: ownerClient }
  }
  // Its key file is there as well, and would be what the person hears of.
  if ((await store.resources.list()).some(({ id }) => id === settings.id)) {
    requireAdded(settings, { ok: false, reason: 'id-taken' })
  }
  const { privateJwk, publicJwk } = await generateClientKey()
  const client = buildResourceClient(settings, publicJwk)
  const file = resolve(terminal.cwd, options.clientKey ?? `${settings.id}.client-key.json`)
  // The file first: a client whose key nobody could write down would be there for nothing.
  await writeClientKey(file, privateJwk)
  try {
    requireAdded(settings, await store.resources.add(resource, client))
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
  return { clientId: client.id, clientKeyFile: file }
}

async function writeClientKey(file: string, key: object): Promise<void> {
  const written = await createExclusively(file, `${JSON.stringify(key, null, 2)}\n`).catch((error: unknown) => {
    const message = `the key cannot be written to ${file} (${error instanceof Error ? error.message : 'unknown'})`
    throw new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
  })
  if (written) return
  const message = `${file} is there already and may be the key of a running server: name another with --client-key`
  throw new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
}

function requireAdded(resource: ResourceSettings, added: { ok: true } | { ok: false; reason: ResourceRefusal }): void {
  if (!added.ok) throw new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', explainRefusal(resource, added.reason))
}

function describeOwner({ clientId, clientKeyFile }: Owner): Readonly<Record<string, string>> {
  return {
    ...(clientId === undefined ? {} : { 'client id': clientId }),
    ...(clientKeyFile === undefined ? {} : { 'client key': clientKeyFile }),
  }
}

function judgeOptions(terminal: Terminal, options: ResourceAddOptions): ResourceSettings {
  const { id, uri, name, tools, alias = [], accessTokenSeconds, exchangeOnly, exchangeFrom, ownerClient } = options
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
    ...(exchangeOnly === undefined ? {} : { exchangeOnly }),
    ...(exchangeFrom === undefined ? {} : { exchangeFrom }),
    ...(ownerClient === undefined ? {} : { ownerClient }),
  }
  const baseDir = terminal.cwd
  const files = readNamedFiles(filesNamedBy({ resources: [value] }, baseDir), (path) => readFileSync(path, 'utf8'))
  return judgeEntry(terminal, { schema: resourceSchema, value, flagOf: FLAG_OF }, (entry, findings) => {
    const [resource] = judgeResources([{ index: 0, entry }], { files, baseDir, findings })
    return resource
  })
}

function explainRefusal({ id, uri, ownerClient = '' }: ResourceSettings, reason: ResourceRefusal): string {
  switch (reason) {
    case 'id-taken':
      return `there is a resource ${id} already`
    case 'uri-taken':
      return `${uri} means another resource already: see \`sallyport resource list\``
    case 'alias-taken':
      return 'an alias means another resource already: see `sallyport resource list`'
    case 'origin-alias-ambiguous':
      return 'a bare origin cannot be an alias while two resources live on it: remove that alias first'
    case 'client-taken':
      return `there is a client ${resourceClientId(id)} already: remove it, or name it with --owner-client`
    case 'owner-unknown':
      return `there is no client ${ownerClient}: see \`sallyport client list\``
    case 'owner-without-keys':
      return `client ${ownerClient} does not sign in by key: add one with \`sallyport client add --jwks\``
    case 'exchange-source-unknown':
      return 'every --exchange-from must name another registered resource: see `sallyport resource list`'
  }
}
