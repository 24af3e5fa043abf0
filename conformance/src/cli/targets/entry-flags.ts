import type { Command, Option } from 'commander'
import { UsageError } from '../usage-error.ts'

/** A flag as commander would hand it on. */
export type FlagValue = string | boolean | readonly string[]

/** Flags of the verb by the names that a file gives them, which are those of the command line in camel case. */
export type KnownFlags = ReadonlyMap<string, Option>

/** What is said once for the run, because there is one of it: a file cannot say it of a target. */
const OF_THE_RUN = new Set([
  'targets',
  'atOnce',
  'resume',
  'list',
  'plan',
  'json',
  'junit',
  'sarif',
  'html',
  'badge',
  'redactTarget',
])
/** What may be said on the command line for every target of a file. */
const OF_EVERY_TARGET = new Set([
  'only',
  'skip',
  'spec',
  'slow',
  'stress',
  'rate',
  'budget',
  'timeout',
  'startTimeout',
  'failOn',
  'scope',
  'readOnlyTools',
  'ca',
])

/** The flags of a verb, by the name that an entry of a file uses. */
export function flagsOf(verb: Command): KnownFlags {
  return new Map(verb.options.map((option) => [option.attributeName(), option]))
}

/**
 * Takes those flags of the command line that hold for every target.
 * @throws UsageError for one that belongs to one target, such as its token
 */
export function flagsForEvery(
  verb: Command,
  flags: Readonly<Record<string, unknown>>,
): Readonly<Record<string, FlagValue>> {
  for (const [name, { long }] of flagsOf(verb)) {
    const isTyped = verb.getOptionValueSource(name) === 'cli'
    if (isTyped && !OF_THE_RUN.has(name) && !OF_EVERY_TARGET.has(name))
      throw new UsageError(`${long} belongs to one target: write \`${name}:\` beside its url in the file of --targets`)
  }
  const shared = Object.entries(flags).filter(([name]) => OF_EVERY_TARGET.has(name))
  return Object.fromEntries(shared) as Record<string, FlagValue>
}

/**
 * Reads one line of an entry as the flag of that name.
 * @param at file, line and column
 * @throws UsageError
 */
export function readFlag(at: string, name: string, value: unknown, known: KnownFlags): FlagValue {
  const option = known.get(name)
  if (name === 'token')
    throw new UsageError(`${at}: a token does not belong into a file: name its environment variable by \`tokenEnv:\``)
  if (option === undefined) throw new UsageError(`${at}: unknown key ${name}; ${hint(name, known)}`)
  if (OF_THE_RUN.has(name)) throw new UsageError(`${at}: ${name} is said once for the run: write ${option.long}`)
  if (option.isBoolean()) {
    if (typeof value === 'boolean') return value
    throw new UsageError(`${at}: ${name} is true or false`)
  }
  if (isRepeatable(option)) return readSeveral(at, name, value, option)
  return readOne(value) ?? refuse(at, name)
}

function isRepeatable({ variadic, parseArg }: Option): boolean {
  return variadic || parseArg !== undefined
}

/** One, a list, or a map, whose members are written NAME=VALUE as the flag wants them. */
function readSeveral(at: string, name: string, value: unknown, { parseArg }: Option): readonly string[] {
  const texts = isObject(value)
    ? Object.entries(value).map(([key, each]) =>
        each === null ? key : `${key}=${readOne(each) ?? JSON.stringify(each)}`,
      )
    : [value].flat().map((each) => readOne(each) ?? refuse(at, name))
  if (parseArg === undefined) return texts
  return texts.reduce<readonly string[]>((before, text) => parseArg(text, before) as readonly string[], [])
}

function readOne(value: unknown): string | undefined {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : undefined
}

function refuse(at: string, name: string): never {
  throw new UsageError(`${at}: ${name} is a text or a number`)
}

function hint(name: string, known: KnownFlags): string {
  const camel = name.replace(/^-+/, '').replace(/-+([a-z])/g, (_, letter: string) => letter.toUpperCase())
  if (known.has(camel)) return `write it ${camel}`
  return `an entry has url, name, and flags of \`server\` in camel case`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
