import { setTimeout as sleep } from 'node:timers/promises'
import type { HostOptions } from '../as/document-host.ts'
import type { MeetAuthorizationServer } from '../as/meet-authorization-server.ts'
import { REVISIONS, type Revision } from '../mcp/revision.ts'
import type { OAuthClient } from '../oauth/authorization-server.ts'
import type { Console } from './console.ts'
import { readClientFlag, readExchange, readNamed, readPassword } from './login-flags.ts'
import { type RunFlags, type RunOptions, readNumber, readRunOptions, refuseCredentials, wordsOf } from './run-flags.ts'
import { UsageError } from './usage-error.ts'

/** Flags of `as` as commander hands them on. */
export interface AsFlags extends RunFlags {
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
  readonly cimdUrl?: string
  readonly cimdCert?: string
  readonly cimdKey?: string
  readonly cimdListen?: string
}

/** What `as` was asked to do, understood. */
export interface AsOptions extends Omit<RunOptions, 'spec'>, Omit<MeetAuthorizationServer, 'documentHost'> {
  readonly spec: Revision
  /** How the examiner hosts documents; undefined for not at all. */
  readonly documents: HostOptions | undefined
}

type Surroundings = Pick<Console, 'environment' | 'readFile'>

const LISTEN_DEFAULT = '127.0.0.1:8443'

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

/** As text: an issuer is compared letter by letter, and a parser would add a slash. */
function readIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new UsageError(`${issuer} is no http or https URL`)
  if (url.search !== '' || url.hash !== '')
    throw new UsageError(`${issuer}: an issuer has no query and no fragment; name it as the metadata does`)
  refuseCredentials(url)
  return issuer
}

function readResource(flag: string, uri: string | undefined): string | undefined {
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

async function readPerson(flags: AsFlags, console: Surroundings): Promise<AsOptions['person']> {
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

async function readDocuments(flags: AsFlags, readFile: Console['readFile']): Promise<HostOptions | undefined> {
  const { cimdUrl, cimdCert, cimdKey, cimdListen = LISTEN_DEFAULT } = flags
  const given = [cimdUrl, cimdCert, cimdKey]
  if (given.every((each) => each === undefined)) return undefined
  if (cimdUrl === undefined || cimdCert === undefined || cimdKey === undefined)
    throw new UsageError('documents take all of --cimd-url, --cimd-cert and --cimd-key')
  const url = URL.canParse(cimdUrl) ? new URL(cimdUrl) : undefined
  if (url?.protocol !== 'https:')
    throw new UsageError(
      `--cimd-url ${cimdUrl}: an https URL under which the authorization server reaches --cimd-listen`,
    )
  const at = cimdListen.lastIndexOf(':')
  const port = readNumber('--cimd-listen', cimdListen.slice(at + 1), 0, 65_535)
  return {
    baseUrl: url.href,
    cert: await readNamed('--cimd-cert', cimdCert, readFile),
    key: await readNamed('--cimd-key', cimdKey, readFile),
    listen: { host: at < 1 ? '127.0.0.1' : cimdListen.slice(0, at).replace(/^\[|\]$/g, ''), port },
  }
}
