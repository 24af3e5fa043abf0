import type { AllowedCall, Profile } from '../server/subject.ts'
import { readCall } from './call-flag.ts'
import { type DownstreamOptions, readDownstreamOptions } from './downstream-options.ts'
import {
  type RunFlags,
  type RunOptions,
  readEnvironment,
  readNumber,
  readRunOptions,
  readSeconds,
  refuseCredentials,
  wordsOf,
} from './run-flags.ts'
import { UsageError } from './usage-error.ts'

/** Servers on the JVM, and those that npx fetches first, take their time. */
const DEFAULT_START_SECONDS = 60

/** Flags of a token that the operator has. */
export interface TokenFlags {
  readonly token?: string
  readonly tokenEnv?: string
}

/** Flags of `server` as commander hands them on. */
export interface ServerFlags extends RunFlags, TokenFlags {
  readonly login?: string
  readonly start?: string
  readonly env?: readonly string[]
  readonly startTimeout?: string
  readonly issuerPort?: string
  readonly audience?: string
  readonly scope?: readonly string[]
  readonly downstreamPort?: string
  readonly downstreamAudience?: string
  readonly downstreamCall?: readonly string[]
  readonly call?: readonly string[]
  readonly readOnlyTools?: boolean
  readonly allowEffects?: boolean
  readonly iOwnThis?: string
}

/** What `server` was asked to do, understood. */
export interface ServerOptions extends RunOptions {
  readonly url: string
  readonly profile: Profile
  readonly start:
    | { readonly command: string; readonly env: Readonly<Record<string, string>>; readonly timeoutMs: number }
    | undefined
  /** 0 takes a free one. */
  readonly issuerPort: number
  readonly audience: string | undefined
  readonly token: string | undefined
  readonly scopes: readonly string[]
  readonly allowedCalls: readonly AllowedCall[]
  readonly tools: 'none' | 'read-only' | 'all'
  readonly downstream: DownstreamOptions | undefined
}

/**
 * Understands the flags of `server`.
 * @param url with its port already filled in
 * @param environment where `--token-env` finds its token
 * @throws UsageError
 */
export function readServerOptions(
  url: string,
  flags: ServerFlags,
  environment: Readonly<Record<string, string | undefined>>,
): ServerOptions {
  const target = readUrl(url)
  refuseEffects(target, flags)
  const token = readToken(flags, environment)
  return {
    url,
    profile: readProfile(flags, token),
    start: readStart(flags),
    issuerPort: flags.issuerPort === undefined ? 0 : readNumber('--issuer-port', flags.issuerPort, 1, 65_535),
    audience: flags.audience,
    token,
    scopes: wordsOf(flags.scope),
    allowedCalls: (flags.call ?? []).map((text) => readCall('--call', text)),
    downstream: readDownstreamOptions(flags),
    tools: flags.allowEffects === true ? 'all' : flags.readOnlyTools === true ? 'read-only' : 'none',
    ...readRunOptions(flags),
  }
}

/** @throws UsageError for what is no URL of a server */
export function readUrl(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined
  if (target === undefined || !/^https?:$/.test(target.protocol)) throw new UsageError(`${url} is no http or https URL`)
  if (target.hash !== '') throw new UsageError(`${url} has a fragment, which no server ever sees`)
  refuseCredentials(target)
  return target
}

/** Whoever reads "loopback" sees a server of this machine: nobody else is harmed by what its tools do. */
function refuseEffects({ hostname }: URL, flags: ServerFlags): void {
  if (flags.allowEffects !== true) return
  const isLoopback = /^127(?:\.\d+){3}$|^\[::1\]$|^localhost$/.test(hostname)
  if (isLoopback || flags.iOwnThis === hostname) return
  throw new UsageError(
    `--allow-effects calls tools that may change things at ${hostname}: repeat the host in --i-own-this ${hostname} if it is yours`,
  )
}

/** @throws UsageError */
export function readToken(
  flags: TokenFlags,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (flags.token !== undefined && flags.tokenEnv !== undefined) throw new UsageError('either --token or --token-env')
  const token = flags.tokenEnv === undefined ? flags.token : environment[flags.tokenEnv]
  if (flags.tokenEnv !== undefined && (token ?? '') === '')
    throw new UsageError(`${flags.tokenEnv} is not set, and --token-env names it`)
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token.trim()))
    throw new UsageError('the token has characters that no token has')
  return token?.trim()
}

function readProfile(flags: ServerFlags, token: string | undefined): Profile {
  const trusting = flags.start !== undefined || flags.issuerPort !== undefined
  if (trusting && token !== undefined)
    throw new UsageError(
      'a real token belongs to a server that trusts a real issuer: leave out --start and --issuer-port',
    )
  if (trusting && flags.login !== undefined)
    throw new UsageError(
      '--login signs in at a real issuer, which the server has to trust: leave out --start and --issuer-port',
    )
  if (token !== undefined && flags.login !== undefined)
    throw new UsageError('either --login, or a token by --token or --token-env')
  if (flags.start === undefined && (flags.env ?? []).length > 0)
    throw new UsageError('--env is for what --start starts')
  return flags.start !== undefined ? 'started' : trusting ? 'trusting' : 'live'
}

function readStart(flags: ServerFlags): ServerOptions['start'] {
  if (flags.start === undefined) return undefined
  const timeoutMs = readSeconds('--start-timeout', flags.startTimeout, DEFAULT_START_SECONDS)
  return { command: flags.start, env: readEnvironment(flags.env ?? []), timeoutMs }
}
