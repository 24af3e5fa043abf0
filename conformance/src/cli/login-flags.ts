import type { Command } from 'commander'
import { readClient } from '../live/client-file.ts'
import { type ExchangeClient, type LiveOptions, type Login, REDIRECT_URI } from '../live/live-options.ts'
import { configFolder, createLoginStore, type LoginStore, LoginStoreError } from '../live/login-store.ts'
import { isRecord } from '../mcp/json-rpc.ts'
import type { OAuthClient } from '../oauth/authorization-server.ts'
import type { Console } from './console.ts'
import { UsageError } from './usage-error.ts'

/** Flags of a sign-in as commander hands them on. */
export interface LoginFlags {
  readonly as?: string
  readonly client?: string
  readonly login?: string
  readonly passwordEnv?: string
  readonly passwordFile?: string
  readonly otherResource?: string
  readonly exchangeClient?: string
  /** False with `--no-store`. */
  readonly store?: boolean
}

/** Adds them to a verb. */
export function addLoginFlags(verb: Command): void {
  verb
    .option('--login <way>', 'get real tokens: form:<name>, browser or device')
    .option('--as <issuer>', 'issuer to sign in at, where it is not the first that the server names')
    .option('--client <id>', 'client to sign in with: <id>, <id>:<secret> or a JSON file; else one is registered')
    .option('--password-env <NAME>', 'password for form:<name>, from the environment')
    .option('--password-file <file>', 'the same, from a file')
    .option('--other-resource <uri>', 'another server of the issuer, whose tokens have to be refused here')
    .option('--exchange-client <file>', 'client that exchanges tokens of the server, and for which resource')
    .option('--no-store', 'keep no login for the next run')
}

/**
 * Understands them.
 * @param url of the examined server
 * @returns undefined without `--login`
 * @throws UsageError
 */
export async function readLoginFlags(
  url: string,
  flags: LoginFlags,
  console: Pick<Console, 'environment' | 'readFile' | 'err'>,
): Promise<LiveOptions | undefined> {
  if (flags.login === undefined) {
    refuseOrphans(flags)
    return undefined
  }
  const login = readWay(flags.login, await readPassword(flags, console))
  const issuer = readIssuer(flags.as)
  if (login.way === 'form' && issuer === undefined) {
    throw new UsageError(
      `--login ${flags.login} types a password: name the issuer that may have it by --as <issuer>, because the examined server could name any`,
    )
  }
  return {
    issuer,
    login,
    client: flags.client === undefined ? undefined : await readClientFlag(flags.client, console.readFile),
    otherResource: readOtherResource(flags.otherResource, url),
    exchange:
      flags.exchangeClient === undefined ? undefined : await readExchange(flags.exchangeClient, console.readFile),
    store: flags.store === false ? undefined : await openStore(console.environment),
    tell: console.err,
  }
}

function refuseOrphans(flags: LoginFlags): void {
  const given = [
    ['--as', flags.as],
    ['--client', flags.client],
    ['--password-env', flags.passwordEnv],
    ['--password-file', flags.passwordFile],
    ['--other-resource', flags.otherResource],
    ['--exchange-client', flags.exchangeClient],
  ].find(([, value]) => value !== undefined)
  if (given !== undefined)
    throw new UsageError(`${given[0]} is for a sign-in: add --login form:<name>, --login browser or --login device`)
}

function readWay(text: string, password: string | undefined): Login {
  const name = /^form:(.+)$/.exec(text)?.[1]
  if (name !== undefined) return { way: 'form', name, password }
  if (text !== 'browser' && text !== 'device') throw new UsageError(`--login ${text}: form:<name>, browser or device`)
  if (password !== undefined) throw new UsageError(`--login ${text} needs no password: the person types it`)
  return { way: text }
}

/** @throws UsageError */
export async function readPassword(
  { passwordEnv, passwordFile }: Pick<LoginFlags, 'passwordEnv' | 'passwordFile'>,
  { environment, readFile }: Pick<Console, 'environment' | 'readFile'>,
): Promise<string | undefined> {
  if (passwordEnv !== undefined && passwordFile !== undefined)
    throw new UsageError('either --password-env or --password-file')
  if (passwordFile !== undefined)
    return (await readNamed('--password-file', passwordFile, readFile)).replace(/\r?\n$/, '')
  if (passwordEnv === undefined) return undefined
  const password = environment[passwordEnv]
  if ((password ?? '') === '') throw new UsageError(`${passwordEnv} is not set, and --password-env names it`)
  return password
}

/** As text: an issuer is compared letter by letter, and a parser would add a slash. */
function readIssuer(issuer: string | undefined): string | undefined {
  if (issuer === undefined) return undefined
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new UsageError(`--as ${issuer}: the issuer identifier, an http or https URL without query and fragment`)
  return issuer
}

/** @throws UsageError */
export async function readClientFlag(
  text: string,
  readFile: Console['readFile'],
  flag = '--client',
): Promise<OAuthClient> {
  if (text.endsWith('.json')) {
    const client = readClient(await readJson(flag, text, readFile))
    if (client === undefined) throw new UsageError(`${flag} ${text}: it has no client_id`)
    return client
  }
  // A client that is named by its document has colons of its own.
  const at = /^https?:/i.test(text) ? -1 : text.indexOf(':')
  const redirectUri = REDIRECT_URI
  if (at === -1) return { clientId: text, redirectUri, authentication: { method: 'none' } }
  const authentication = { method: 'client_secret_basic', secret: text.slice(at + 1) } as const
  return { clientId: text.slice(0, at), redirectUri, authentication }
}

/** A token for a second name of the same server would be taken, and rightly. */
function readOtherResource(resource: string | undefined, url: string): string | undefined {
  if (resource === undefined) return undefined
  if (!URL.canParse(resource)) throw new UsageError(`--other-resource ${resource}: the URL of another server`)
  const [one, other] = [url, resource].map((each) => {
    const { origin, pathname } = new URL(each)
    return `${origin}${pathname}`.replace(/\/*$/, '/')
  })
  if (one?.startsWith(other ?? '') === true)
    throw new UsageError(
      `--other-resource ${resource} may be a name of the examined server itself: name another server`,
    )
  return resource
}

/** @throws UsageError */
export async function readExchange(path: string, readFile: Console['readFile']): Promise<ExchangeClient> {
  const value = await readJson('--exchange-client', path, readFile)
  const client = readClient(value)
  if (client === undefined || !isRecord(value) || typeof value.resource !== 'string')
    throw new UsageError(`--exchange-client ${path}: it needs client_id, client_secret or key, and resource`)
  return { client, resource: value.resource, scope: typeof value.scope === 'string' ? value.scope : undefined }
}

async function readJson(flag: string, path: string, readFile: Console['readFile']): Promise<unknown> {
  const text = await readNamed(flag, path, readFile)
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${flag} ${path}: it is no JSON`)
  }
}

/** @throws UsageError */
export async function readNamed(flag: string, path: string, readFile: Console['readFile']): Promise<string> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new UsageError(`${flag} ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Read once before anything is sent, so that a file that others can read is refused at once. @throws UsageError */
export async function openStore(environment: Console['environment']): Promise<LoginStore> {
  const store = createLoginStore(configFolder(environment, process.platform))
  try {
    await store.all()
    return store
  } catch (error) {
    if (error instanceof LoginStoreError) throw new UsageError(error.message)
    throw error
  }
}
