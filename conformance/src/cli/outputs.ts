import { type CheckReport, type Report, summaryLine } from '../report/report.ts'
import { applyBaseline, type Baseline, readBaseline } from './baseline.ts'
import type { Console } from './console.ts'
import { exitCodeOf, type FailOn, isFailing } from './exit-code.ts'
import { UsageError } from './usage-error.ts'

/** Flags that every verb has for what it found. */
export interface OutputFlags {
  readonly baseline?: string
  readonly json?: string
}

export interface ConcludeRun {
  readonly flags: OutputFlags
  readonly failOn: ReadonlySet<FailOn>
  readonly console: Console
  readonly checkIds: ReadonlySet<string>
  readonly run: () => Promise<Report>
}

/**
 * Runs, writes what was asked for, and says what it means.
 * @returns the exit code
 * @throws UsageError for a baseline that cannot be read, before anything is sent
 */
export async function concludeRun({ flags, failOn, console, checkIds, run }: ConcludeRun): Promise<number> {
  const baseline = await loadBaseline(flags.baseline, checkIds, console)
  const report = await run()
  if (flags.json !== undefined) await console.writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`)
  const { open, stale } = applyBaseline(report.checks, baseline, (result) => isFailing(result, failOn))
  for (const line of openLines(open)) console.out(line)
  for (const id of stale) console.out(`stale baseline entry: ${id} no longer fails, take it out`)
  console.out(summaryLine(report.summary))
  return exitCodeOf(open, failOn, stale.length)
}

async function loadBaseline(
  path: string | undefined,
  checkIds: ReadonlySet<string>,
  console: Console,
): Promise<Baseline> {
  if (path === undefined) return new Map()
  try {
    return readBaseline(await console.readFile(path), checkIds)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `the baseline ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function openLines(results: readonly CheckReport[]): readonly string[] {
  const order = ['fail', 'warn', 'incomplete']
  return results
    .filter(({ verdict }) => order.includes(verdict))
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .map(({ verdict, id, requirement, detail }) => `${verdict} ${id} (${requirement}): ${detail}`)
}
