import type { Command } from 'commander'
import type { Permission } from '../check/check.ts'
import { isRevision, REVISIONS, type Revision } from '../mcp/revision.ts'
import type { RunLimits } from '../run/examine-server.ts'
import { DEFAULT_BUDGET, DEFAULT_RATE } from '../wire/pace.ts'
import type { FailOn } from './exit-code.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_TIMEOUT_SECONDS = 10

/** Flags that every verb which examines something has, as commander hands them on. */
export interface RunFlags {
  readonly only?: readonly string[]
  readonly skip?: readonly string[]
  readonly list?: boolean
  readonly spec?: string
  readonly allowEffects?: boolean
  readonly slow?: boolean
  readonly stress?: boolean
  readonly rate?: string
  readonly budget?: string
  readonly timeout?: string
  readonly failOn?: readonly string[]
}

/** The same, understood. */
export interface RunOptions {
  readonly spec: Revision | undefined
  readonly permissions: ReadonlySet<Permission>
  readonly limits: RunLimits
  readonly failOn: ReadonlySet<FailOn>
}

/** A flag that may be given several times. */
export const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
/** Names of a flag that may be given several times, or with commas. */
export const severalNames = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(',').filter((name) => name !== ''),
]

/** Adds those that say which checks run, and by which revision. */
export function addSelectionFlags(verb: Command): void {
  verb
    .option('--only <ids>', 'run these checks alone: ids of checks or requirements', severalNames)
    .option('--skip <ids>', 'leave these checks out', severalNames)
    .option('--list', 'list the checks, send nothing')
    .option('--spec <revision>', 'revision of MCP to examine by, instead of the one that is spoken')
}

/** Adds them to a verb. */
export function addRunFlags(verb: Command): void {
  addSelectionFlags(verb)
  verb.option('--slow', 'also checks that have to wait').option('--stress', 'also checks that send many requests')
  addPaceFlags(verb)
}

/** Adds those that say how fast a run asks, and how much. */
export function addPaceFlags(verb: Command): void {
  verb
    .option('--rate <per-second>', `requests per second at most (${DEFAULT_RATE})`)
    .option('--budget <requests>', `requests in all at most (${DEFAULT_BUDGET})`)
    .option('--timeout <seconds>', `how long an answer may take (${DEFAULT_TIMEOUT_SECONDS})`)
}

/** @throws UsageError */
export function readRunOptions(flags: RunFlags): RunOptions {
  return {
    spec: readSpec(flags.spec),
    permissions: readPermissions(flags),
    limits: {
      requestsPerSecond: flags.rate === undefined ? DEFAULT_RATE : readNumber('--rate', flags.rate, 0.1, 1_000),
      budget: flags.budget === undefined ? DEFAULT_BUDGET : readNumber('--budget', flags.budget, 1, 100_000),
      timeoutMs: readSeconds('--timeout', flags.timeout, DEFAULT_TIMEOUT_SECONDS),
    },
    failOn: readFailOn(flags.failOn ?? []),
  }
}

function readSpec(spec: string | undefined): Revision | undefined {
  if (spec === undefined || isRevision(spec)) return spec
  throw new UsageError(`--spec ${spec}: one of ${REVISIONS.join(', ')}`)
}

function readPermissions({ slow, stress, allowEffects }: RunFlags): ReadonlySet<Permission> {
  const asked: readonly (readonly [Permission, boolean | undefined])[] = [
    ['slow', slow],
    ['stress', stress],
    ['effects', allowEffects],
  ]
  return new Set(asked.filter(([, given]) => given === true).map(([permission]) => permission))
}

function readFailOn(values: readonly string[]): ReadonlySet<FailOn> {
  return new Set(
    values
      .flatMap((value) => value.split(','))
      .map((value) => {
        if (value === 'must' || value === 'should' || value === 'incomplete') return value
        throw new UsageError(`--fail-on ${value}: must, should or incomplete`)
      }),
  )
}

/** Variables of a program that is started, out of lines of `NAME=VALUE`. @throws UsageError */
export function readEnvironment(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=')
      if (at < 1) throw new UsageError(`--env ${line}: write NAME=VALUE`)
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}

/** @returns milliseconds @throws UsageError */
export function readSeconds(flag: string, value: string | undefined, fallback: number): number {
  return 1_000 * (value === undefined ? fallback : readNumber(flag, value, 0.1, 3_600))
}

/** @throws UsageError for what is no number from `least` to `most` */
export function readNumber(flag: string, value: string, least: number, most: number): number {
  const number = Number(value)
  if (value.trim() !== '' && number >= least && number <= most) return number
  throw new UsageError(`${flag} ${value}: a number from ${least} to ${most}`)
}

/** Words of a flag that may be repeated, and lists several at a time. */
export function wordsOf(lists: readonly string[] = []): readonly string[] {
  return lists.flatMap((list) => list.split(/\s+/)).filter((word) => word !== '')
}

/** @throws UsageError */
export function refuseCredentials({ username, password }: URL): void {
  if (username === '' && password === '') return
  throw new UsageError('a URL with credentials in it is refused: reports name their target')
}
