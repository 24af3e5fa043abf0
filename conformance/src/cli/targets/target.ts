import type { LiveOptions } from '../../live/live-options.ts'
import type { ExamineServer } from '../../run/examine-server.ts'
import { serverChecks } from '../../server/checks.ts'
import { findFreePort } from '../../start/free-port.ts'
import { type Baseline, loadBaseline } from '../baseline.ts'
import type { Console } from '../console.ts'
import { type LoginFlags, readLoginFlags } from '../login-flags.ts'
import { loadRoots } from '../private-roots.ts'
import { selectChecks } from '../selection.ts'
import { readServerOptions, type ServerFlags, type ServerOptions } from '../server-options.ts'
import { UsageError } from '../usage-error.ts'
import type { FlagValue } from './entry-flags.ts'
import type { TargetEntry } from './target-file.ts'

/** One target of a run, understood: nothing more can be wrong about how it was asked for. */
export interface Target {
  readonly name: string
  /** As the file has it. */
  readonly url: string
  /** What decides what is sent: the same again means the same run again. */
  readonly asked: Readonly<Record<string, unknown>>
  readonly options: ServerOptions
  /** Undefined where nobody signs in. */
  readonly login: LiveOptions | undefined
  readonly checks: ExamineServer['checks']
  readonly baseline: Baseline
  readonly roots: readonly string[] | undefined
  /** The options with a port that is free now, where the URL leaves it open. */
  optionsNow(): Promise<ServerOptions>
}

interface EntryFlags extends ServerFlags, LoginFlags {
  readonly baseline?: string
  readonly ca?: string
}

const ANY_PORT = '1'

/**
 * Understands an entry as a command line of its own.
 * @param shared what the command line said for every target; an entry overrules it
 * @throws UsageError that begins with where the entry is
 */
export async function understandTarget(
  { name, url, flags, where }: TargetEntry,
  shared: Readonly<Record<string, FlagValue>>,
  console: Console,
): Promise<Target> {
  const all: EntryFlags = { ...shared, ...flags }
  const read = (port: string): ServerOptions =>
    readServerOptions(url.replaceAll('{port}', port), all, console.environment)
  try {
    return {
      name,
      url,
      asked: { url, ...all },
      options: read(ANY_PORT),
      login: await readLoginFlags(url.replaceAll('{port}', ANY_PORT), all, console),
      checks: selectChecks(serverChecks, { only: all.only ?? [], skip: all.skip ?? [] }),
      baseline: await loadBaseline(all.baseline, new Set(serverChecks.map(({ id }) => id)), console),
      roots: await loadRoots(all.ca, console),
      optionsNow: async () => read(url.includes('{port}') ? String(await findFreePort()) : ANY_PORT),
    }
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${where}: ${name}: ${error.message}`) : error
  }
}
