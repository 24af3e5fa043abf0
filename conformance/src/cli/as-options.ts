import { setTimeout as sleep } from 'node:timers/promises'
import type { HostOptions } from '../as/document-host.ts'
import type { MeetAuthorizationServer } from '../as/meet-authorization-server.ts'
import { REVISIONS, type Revision } from '../mcp/revision.ts'
import type { OAuthClient } from '../oauth/authorization-server.ts'
import type { Console } from './console.ts'
import { type DocumentFlags, readDocuments } from './document-flags.ts'
import { readClientFlag, readExchange, readPassword } from './login-flags.ts'
import { type RunFlags, type RunOptions, readRunOptions, refuseCredentials, wordsOf } from './run-flags.ts'
import { UsageError } from './usage-error.ts'

/** Flags of `as` as commander hands them on. */
export interface AsFlags extends RunFlags, DocumentFlags {
  readonly resource?: string
  readonly otherResource?: string
  readonly scope?: readonly string[]
  readonly stepUpScope?: readonly string[]
  readonly client?: string
  readonly otherClient?: string
  readonly redirectUri?: string
  readonly login?: string
  readonly passwordEnv?: string
  readonly passwordFile?: string
  readonly exchangeClient?: string
}

/** What `as` was asked to do, understood. */
export interface AsOptions extends Omit<RunOptions, 'spec'>, Omit<MeetAuthorizationServer, 'documentHost'> {
  readonly spec: Revision
  /** How the examiner hosts documents; undefined for not at all. */
  readonly documents: HostOptions | undefined
}

type Surroundings = Pick<Console, 'environment' | 'readFile'>

/** @throws UsageError */
export async function readAsOptions(issuer: string, flags: AsFlags, console: Surroundings): Promise<AsOptions> {
  const { spec = newest(), ...run } = readRunOptions(flags)
  const { readFile } = console
  const exchange = flags.exchangeClient === undefined ? undefined : await readExchange(flags.exchangeClient, readFile)
  return {
    ...run,
    spec,
    issuer: readIssuer(issuer),
    resource: readResource('--resource', flags.resource),
    otherResource: readResource('--other-resource', flags.otherResource),
    scopes: wordsOf(flags.scope),
    stepUpScopes: wordsOf(flags.stepUpScope),
    client: await readOwnClient('--client', flags.client, flags, readFile),
    otherClient: await readOwnClient('--other-client', flags.otherClient, flags, readFile),
    person: await readPerson(flags, console),
    exchange: exchange === undefined ? undefined : { client: exchange.client, resource: exchange.resource },
    documents: await readDocuments(flags, readFile),
    wait: sleep,
  }
}

const newest = (): Revision => REVISIONS.at(-1) ?? REVISIONS[0]

/** As text: an issuer is compared letter by letter, and a parser would add a slash. @throws UsageError */
export function readIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new UsageError(`${issuer} is no http or https URL`)
  if (url.search !== '' || url.hash !== '')
    throw new UsageError(`${issuer}: an issuer has no query and no fragment; name it as the metadata does`)
  refuseCredentials(url)
  return issuer
}

/** @throws UsageError for what is no URL */
export function readResource(flag: string, uri: string | undefined): string | undefined {
  if (uri === undefined || URL.canParse(uri)) return uri
  throw new UsageError(`${flag} ${uri}: the identifier of an MCP server, which is its URL`)
}

async function readOwnClient(
  flag: string,
  text: string | undefined,
  { redirectUri }: AsFlags,
  readFile: Console['readFile'],
): Promise<OAuthClient | undefined> {
  if (text === undefined) return undefined
  const client = await readClientFlag(text, readFile, flag)
  if (redirectUri === undefined || text.endsWith('.json')) return client
  if (!URL.canParse(redirectUri)) throw new UsageError(`--redirect-uri ${redirectUri}: a URI that is registered`)
  return { ...client, redirectUri }
}

/** @throws UsageError */
export async function readPerson(
  flags: Pick<AsFlags, 'login' | 'passwordEnv' | 'passwordFile' | 'resource'>,
  console: Surroundings,
): Promise<AsOptions['person']> {
  const password = await readPassword(flags, console)
  if (flags.login === undefined) {
    if (password === undefined) return undefined
    throw new UsageError('a password is for a sign-in: add --login form:<name>')
  }
  const name = /^form:(.+)$/.exec(flags.login)?.[1]
  if (name === undefined) throw new UsageError(`--login ${flags.login}: form:<name>, because every flow is driven anew`)
  if (password === undefined)
    throw new UsageError(`--login ${flags.login} types a password: --password-env <NAME> or --password-file <file>`)
  if (flags.resource === undefined)
    throw new UsageError('--login signs in for tokens: --resource <uri> names the MCP server that they are for')
  return { login: name, password }
}
