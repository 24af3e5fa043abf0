import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { judgeClients } from '../config/client-rules.ts'
import type { SettingsFlags } from '../config/flags.ts'
import { filesNamedBy, readNamedFiles } from '../config/named-files.ts'
import type { Findings } from '../config/problem.ts'
import { clientSchema } from '../config/schema-registry.ts'
import type { ClientSettings, Settings } from '../config/settings.ts'
import { clientMetadataOf } from '../provider/registered-settings.ts'
import type { Store } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { judgeEntry } from './judge-entry.ts'
import { collect } from './option-list.ts'
import { printFields, printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import type { Terminal } from './terminal.ts'
import { withStore } from './with-store.ts'

/** Ids are public; they only must not meet. */
const ID_BYTES = 12
/** 256 bits: stored as a plain digest, which only a secret of a machine's making allows. */
const SECRET_BYTES = 32

interface ClientAddOptions extends SettingsFlags {
  readonly id?: string
  readonly name: string
  readonly redirectUri?: readonly string[]
  readonly jwks?: string
  readonly confidential?: boolean
  readonly defaultResource?: string
  readonly dpopBoundAccessTokens?: boolean
  readonly requirePushedRequests?: boolean
  readonly json?: boolean
}

const FLAG_OF = {
  id: '--id',
  name: '--name',
  redirectUris: '--redirect-uri',
  jwks: '--jwks',
  defaultResource: '--default-resource',
  dpopBoundAccessTokens: '--dpop-bound-access-tokens',
  requirePushedRequests: '--require-pushed-requests',
}

/** `sallyport client add`: a pre-registered client; a secret is shown this once. */
export function clientAddCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'add',
    summary: 'register a client',
    details:
      'Without --confidential or --jwks the client is public and proves itself by PKCE alone. A secret is shown once and kept as a digest.',
    examples: [
      'sallyport client add --name "Desk" --redirect-uri http://127.0.0.1/callback',
      'sallyport client add --name "Portal" --redirect-uri https://portal.example.com/callback --confidential --json',
      'sallyport client add --name "Nightly" --jwks nightly.jwks.json',
      'sallyport client add --name "Bank" --redirect-uri https://bank.example.com/callback --jwks bank.jwks.json --require-pushed-requests --dpop-bound-access-tokens',
    ],
  })
  command
    .requiredOption('--name <name>', 'shown on the consent page')
    .option('--redirect-uri <uri>', 'where answers may be sent; can be repeated', collect)
    .option('--id <id>', 'client identifier (default: a random one)')
    .option('--confidential', 'make a client secret')
    .option('--jwks <file>', 'public keys (JWK Set) the client signs in with')
    .option('--default-resource <id>', 'resource that is meant when the client names none')
    .option('--dpop-bound-access-tokens', 'give it only tokens that are bound to its key, by a DPoP proof')
    .option('--require-pushed-requests', 'take its authorization requests only where it pushed them (PAR)')
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...options }: ClientAddOptions) => {
      requireUse(options)
      const client = await withStore(terminal, options, (store, settings) =>
        addClient(terminal, store, settings, options),
      )
      printClient(terminal, client, json)
    })
}

/** Seen without the database, so said before one is opened. */
function requireUse({ redirectUri, jwks }: ClientAddOptions): void {
  if (redirectUri !== undefined || jwks !== undefined) return
  const message =
    '--redirect-uri is missing; only a client with --jwks can be without, one that people are never sent by'
  throw new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', message)
}

async function addClient(
  terminal: Terminal,
  store: Store,
  settings: Settings,
  options: ClientAddOptions,
): Promise<ClientSettings> {
  const resources = (await store.resources.list()).filter(({ exchangeOnly }) => !exchangeOnly)
  const client = judgeOptions(terminal, options, settings, new Set(resources.map(({ id }) => id)))
  const { id, defaultResource } = client
  const metadata = clientMetadataOf(client)
  const added = await store.clients.add({ id, source: 'cli', metadata, defaultResource })
  if (!added.ok) throw new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', `there is a client ${id} already`)
  return client
}

function judgeOptions(
  terminal: Terminal,
  {
    id = `client_${randomBytes(ID_BYTES).toString('hex')}`,
    name,
    redirectUri = [],
    jwks,
    confidential,
    defaultResource,
    dpopBoundAccessTokens,
    requirePushedRequests,
  }: ClientAddOptions,
  { privateUseRedirects }: Settings,
  resourceIds: ReadonlySet<string>,
): ClientSettings {
  const value = {
    id,
    name,
    redirectUris: redirectUri,
    ...(confidential ? { secret: randomBytes(SECRET_BYTES).toString('base64url') } : {}),
    ...(jwks === undefined ? {} : { jwks }),
    ...(defaultResource === undefined ? {} : { defaultResource }),
    ...(dpopBoundAccessTokens === undefined ? {} : { dpopBoundAccessTokens }),
    ...(requirePushedRequests === undefined ? {} : { requirePushedRequests }),
  }
  const baseDir = terminal.cwd
  const files = readNamedFiles(filesNamedBy({ clients: [value] }, baseDir), (path) => readFileSync(path, 'utf8'))
  return judgeEntry(terminal, { schema: clientSchema, value, flagOf: FLAG_OF }, (entry, findings) => {
    requireResource(defaultResource, resourceIds, findings)
    const lookup = { value: { clients: [value] }, files, baseDir, findings }
    const [client] = judgeClients([{ index: 0, entry }], { lookup, privateUseRedirects, resourceIds })
    return client
  })
}

function requireResource(id: string | undefined, known: ReadonlySet<string>, findings: Findings): void {
  if (id === undefined || known.has(id)) return
  findings.problem(
    'SALLYPORT_E_SETTINGS_VALUE',
    ['defaultResource'],
    'is not a resource that clients can be authorized for: see `sallyport resource list`',
  )
}

function printClient(terminal: Terminal, { id, secret }: ClientSettings, json: boolean | undefined): void {
  const shown = secret === undefined ? {} : { clientSecret: secret.reveal() }
  if (json) printJson(terminal, { clientId: id, ...shown })
  else printFields(terminal, { 'client id': id, ...(secret === undefined ? {} : { 'client secret': secret.reveal() }) })
  if (secret !== undefined) terminal.log('The secret is not shown again: keep it now.')
}
