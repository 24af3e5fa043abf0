import type { HostOptions } from '../as/document-host.ts'
import type { OAuthClient } from '../oauth/authorization-server.ts'
import type { ClientProfile } from '../quirks/profile.ts'
import { CLIENT_PROFILES } from '../quirks/profiles/all.ts'
import type { ReplaySettings } from '../quirks/replay.ts'
import { type AsFlags, readIssuer, readPerson, readResource } from './as-options.ts'
import type { Console } from './console.ts'
import { readDocuments } from './document-flags.ts'
import { readClientFlag } from './login-flags.ts'
import { type RunOptions, readRunOptions, wordsOf } from './run-flags.ts'
import { UsageError } from './usage-error.ts'

/** Flags of `quirks` as commander hands them on. */
export interface QuirksFlags
  extends Omit<AsFlags, 'client' | 'otherClient' | 'otherResource' | 'redirectUri' | 'exchangeClient' | 'spec'> {
  readonly client?: readonly string[]
  readonly mcp?: string
}

/** What `quirks` was asked to do, understood. */
export interface QuirksOptions extends Omit<ReplaySettings, 'documentHost'>, Pick<RunOptions, 'limits' | 'failOn'> {
  readonly documents: HostOptions | undefined
}

/** @throws UsageError */
export async function readQuirksOptions(
  issuer: string,
  flags: QuirksFlags,
  console: Pick<Console, 'environment' | 'readFile'>,
): Promise<QuirksOptions> {
  const { limits, failOn } = readRunOptions(flags)
  return {
    limits,
    failOn,
    issuer: readIssuer(issuer),
    resource: readResource('--resource', flags.resource),
    scopes: wordsOf(flags.scope),
    stepUpScopes: wordsOf(flags.stepUpScope),
    person: await readPerson(flags, console),
    mcp: readResource('--mcp', flags.mcp),
    known: await readKnown(flags.client ?? [], console.readFile),
    documents: await readDocuments(flags, console.readFile),
  }
}

/** `claude-code=<id>`: a client that the operator has registered for one of them. */
async function readKnown(
  lines: readonly string[],
  readFile: Console['readFile'],
): Promise<ReadonlyMap<string, OAuthClient>> {
  const known = new Map<string, OAuthClient>()
  for (const line of lines) {
    const at = line.indexOf('=')
    const name = line.slice(0, at)
    if (at < 1)
      throw new UsageError(`--client ${line}: write <client>=<id>, <client>=<id>:<secret> or <client>=<file>.json`)
    if (!CLIENT_PROFILES.some(({ id }) => id === name)) throw new UsageError(`--client ${line}: ${unknownClient(name)}`)
    known.set(name, await readClientFlag(line.slice(at + 1), readFile))
  }
  return known
}

/** The clients that are meant. @throws UsageError for a name that none has, and where none is left */
export function selectClients(only: readonly string[], skip: readonly string[]): readonly ClientProfile[] {
  for (const name of [...only, ...skip]) {
    if (!CLIENT_PROFILES.some(({ id }) => id === name)) throw new UsageError(unknownClient(name))
  }
  const selected = CLIENT_PROFILES.filter(({ id }) => (only.length === 0 || only.includes(id)) && !skip.includes(id))
  if (selected.length === 0) throw new UsageError('no client is left to replay')
  return selected
}

const unknownClient = (name: string): string => `no client is called ${name}; --list names them`
