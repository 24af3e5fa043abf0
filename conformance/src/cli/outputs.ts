import type { Command } from 'commander'
import { renderBadge, renderBadgeOfMany } from '../report/formats/badge.ts'
import { renderAnnotations, renderStepSummary } from '../report/formats/github.ts'
import { renderHtml } from '../report/formats/html.ts'
import { renderHtmlOfMany } from '../report/formats/html-many.ts'
import { renderHuman } from '../report/formats/human.ts'
import { renderJson, renderJsonOfMany } from '../report/formats/json.ts'
import { renderJunit, renderJunitOfMany } from '../report/formats/junit.ts'
import { renderSarif, renderSarifOfMany } from '../report/formats/sarif.ts'
import type { ManyReport } from '../report/many.ts'
import type { ReadReport } from '../report/read-many.ts'
import type { Report } from '../report/report.ts'
import { redactTarget } from '../report/target-names.ts'
import { requirementsById } from '../requirements/requirements.ts'
import { applyBaseline, loadBaseline } from './baseline.ts'
import type { Console } from './console.ts'
import { exitCodeOf, type FailOn, isFailing } from './exit-code.ts'
import { UsageError } from './usage-error.ts'
import { VERSION } from './version.ts'

export const statementOf = (id: string): string | undefined => requirementsById.get(id)?.statement

/** Formats that are written to a file of the operator's choice, by the name of their flag. */
const FORMATS = {
  json: { what: 'JSON', render: renderJson, renderMany: renderJsonOfMany },
  junit: {
    what: 'JUnit XML',
    render: (report: Report) => renderJunit(report, statementOf),
    renderMany: (many: ManyReport) => renderJunitOfMany(many, statementOf),
  },
  sarif: {
    what: 'SARIF 2.1.0',
    render: (report: Report) => renderSarif(report, { version: VERSION, statementOf }),
    renderMany: (many: ManyReport) => renderSarifOfMany(many, { version: VERSION, statementOf }),
  },
  html: {
    what: 'one HTML page',
    render: (report: Report) => renderHtml(report, statementOf),
    renderMany: (many: ManyReport) => renderHtmlOfMany(many, statementOf),
  },
  badge: { what: 'the JSON of a badge', render: renderBadge, renderMany: renderBadgeOfMany },
} as const

type FormatName = keyof typeof FORMATS

/** Flags that every verb has for what it found. */
export type OutputFlags = Readonly<Partial<Record<FormatName, string>>> & {
  readonly baseline?: string
  readonly redactTarget?: boolean
}

/** Adds them to a verb. */
export function addOutputFlags(verb: Command): void {
  for (const [name, { what }] of Object.entries(FORMATS)) verb.option(`--${name} <file>`, `write the report as ${what}`)
  verb
    .option('--redact-target', 'take the names of hosts out of every report, to show it to others')
    .option('--fail-on <what...>', 'what ends the run with 1: must (always does), should, incomplete')
    .option('--baseline <file>', 'known failures; an entry that no longer fails ends the run with 1')
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
 * @throws UsageError for a baseline that cannot be read and a file that cannot be written, before anything is sent
 */
export async function concludeRun({ flags, failOn, console, checkIds, run }: ConcludeRun): Promise<number> {
  const baseline = await loadBaseline(flags.baseline, checkIds, console)
  await refuseUnwritable(flags, console)
  const found = await run()
  const report = flags.redactTarget === true ? redactTarget(found) : found
  await writeFormats({ kind: 'one', report }, flags, console)
  await tellGitHub(report, console)
  const { open, stale } = applyBaseline(report.checks, baseline, (result) => isFailing(result, failOn))
  for (const id of stale) console.out(`stale baseline entry: ${id} no longer fails, take it out`)
  console.out(renderHuman(report, { stream: console.stream, statementOf }).trimEnd())
  return exitCodeOf(open, failOn, stale.length)
}

/** @throws UsageError for a file of the flags that could not be written at the end */
export async function refuseUnwritable(
  flags: OutputFlags,
  { proveWritable }: Pick<Console, 'proveWritable'>,
): Promise<void> {
  for (const name of Object.keys(FORMATS)) {
    const path = flags[name as FormatName]
    if (path === undefined) continue
    await proveWritable(path).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new UsageError(`--${name} ${path} cannot be written: ${why}`)
    })
  }
}

/** Writes every file that was asked for. */
export async function writeFormats(
  found: ReadReport,
  flags: OutputFlags,
  { writeFile }: Pick<Console, 'writeFile'>,
): Promise<void> {
  for (const [name, { render, renderMany }] of Object.entries(FORMATS)) {
    const path = flags[name as FormatName]
    if (path === undefined) continue
    await writeFile(path, found.kind === 'one' ? render(found.report) : renderMany(found.report))
  }
}

/** Inside a workflow, findings stand beside the change and in the summary of the step, without being asked for. */
async function tellGitHub(report: Report, { environment, out, appendFile }: Console): Promise<void> {
  if (environment.GITHUB_ACTIONS !== 'true') return
  const annotations = renderAnnotations(report).trimEnd()
  if (annotations !== '') out(annotations)
  const summary = environment.GITHUB_STEP_SUMMARY
  if (summary !== undefined && summary !== '') await appendFile(summary, renderStepSummary(report, statementOf))
}
