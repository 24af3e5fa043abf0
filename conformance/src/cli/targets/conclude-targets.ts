import { renderAnnotationsOfMany, renderStepSummaryOfMany } from '../../report/formats/github-many.ts'
import { renderHumanOfMany } from '../../report/formats/human.ts'
import { examinedOf, type ManyReport, type TargetReport, unreachableOf } from '../../report/many.ts'
import { redactTargets } from '../../report/target-names.ts'
import { applyBaseline } from '../baseline.ts'
import type { Console } from '../console.ts'
import { EXIT, exitCodeOf, isFailing, worstOf } from '../exit-code.ts'
import { type OutputFlags, statementOf, writeFormats } from '../outputs.ts'
import type { Target } from './target.ts'

/**
 * Writes what was asked for about many targets, and says what it means.
 * @param found by name of the target
 * @returns the exit code
 */
export async function concludeTargets(
  targets: readonly Target[],
  found: ReadonlyMap<string, TargetReport>,
  flags: OutputFlags,
  console: Console,
): Promise<number> {
  const plain: ManyReport = { targets: targets.flatMap(({ name }) => found.get(name) ?? []) }
  const shown = flags.redactTarget === true ? redactTargets(plain) : plain
  await writeFormats({ kind: 'many', report: shown }, flags, console)
  await tellGitHubOfMany(shown, console)
  const codes = targets.map((target, at) => {
    const report = shown.targets[at]
    return report === undefined ? EXIT.unreachable : concludeOne(target, report, console)
  })
  console.out(renderHumanOfMany(shown, { stream: console.stream, statementOf }).trimEnd())
  return worstOf(codes)
}

function concludeOne({ options, baseline }: Target, report: TargetReport, console: Console): number {
  if ('unreachable' in report) return EXIT.unreachable
  const { open, stale } = applyBaseline(report.checks, baseline, (result) => isFailing(result, options.failOn))
  for (const id of stale) console.out(`${report.name}: stale baseline entry: ${id} no longer fails, take it out`)
  return exitCodeOf(open, options.failOn, stale.length)
}

/** Inside a workflow, findings stand beside the change and in the summary of the step, without being asked for. */
export async function tellGitHubOfMany(many: ManyReport, { environment, out, appendFile }: Console): Promise<void> {
  if (environment.GITHUB_ACTIONS !== 'true' || examinedOf(many).length + unreachableOf(many).length === 0) return
  const annotations = renderAnnotationsOfMany(many).trimEnd()
  if (annotations !== '') out(annotations)
  const summary = environment.GITHUB_STEP_SUMMARY
  if (summary !== undefined && summary !== '') await appendFile(summary, renderStepSummaryOfMany(many, statementOf))
}
