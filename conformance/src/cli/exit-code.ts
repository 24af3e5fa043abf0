import type { Verdict } from '../check/verdict.ts'
import type { CheckReport } from '../report/report.ts'

/** What a shell learns of a run. */
export const EXIT = { passed: 0, failed: 1, usage: 2, incomplete: 3, unreachable: 4 } as const

/** What beside a failed MUST ends a run with 1: a warning about a SHOULD, a check that could not run. */
export type FailOn = 'must' | 'should' | 'incomplete'

/** Whether one result makes the run a failed one. */
export function isFailing(
  { verdict, level }: Pick<CheckReport, 'verdict' | 'level'>,
  failOn: ReadonlySet<FailOn>,
): boolean {
  const failing: Readonly<Record<Verdict, boolean>> = {
    fail: true,
    // A trap of some client is nobody's SHOULD.
    warn: failOn.has('should') && level !== 'practice',
    incomplete: failOn.has('incomplete'),
    pass: false,
    'not-applicable': false,
  }
  return failing[verdict]
}

/** A failure is known, silence and a gap are not: the surer, the worse. */
const WORST_FIRST = [EXIT.failed, EXIT.unreachable, EXIT.incomplete, EXIT.passed] as const

/** The exit code of a run of many targets: 1 before 4 before 3 before 0. */
export function worstOf(exitCodes: readonly number[]): number {
  return WORST_FIRST.find((code) => exitCodes.includes(code)) ?? EXIT.passed
}

/**
 * The exit code of a run that came to its end.
 * @param results those that no baseline excuses
 * @param staleEntries entries of the baseline that no longer hold
 */
export function exitCodeOf(
  results: readonly Pick<CheckReport, 'verdict' | 'level'>[],
  failOn: ReadonlySet<FailOn>,
  staleEntries: number,
): number {
  if (staleEntries > 0 || results.some((result) => isFailing(result, failOn))) return EXIT.failed
  return results.some(({ verdict }) => verdict === 'incomplete') ? EXIT.incomplete : EXIT.passed
}
