import type { Verdict } from '../check/verdict.ts'
import type { CheckReport, Report } from './report.ts'

/** A check whose verdict is not what it was. */
export interface ChangedCheck {
  readonly id: string
  readonly title: string
  readonly before: Verdict
  readonly after: Verdict
}

export interface ReportDiff {
  readonly worse: readonly ChangedCheck[]
  readonly better: readonly ChangedCheck[]
  /** Neither: it has come to apply, or no longer does. */
  readonly other: readonly ChangedCheck[]
  readonly added: readonly Pick<CheckReport, 'id' | 'title' | 'verdict'>[]
  readonly gone: readonly Pick<CheckReport, 'id' | 'title' | 'verdict'>[]
}

/** What is not known ranks below a warning: it may be a failure. Nothing can be said of what does not apply. */
const RANK: Readonly<Partial<Record<Verdict, number>>> = { pass: 0, warn: 1, incomplete: 2, fail: 3 }

/** What changed between two runs, by the ids of the checks. */
export function diffReports(before: Report, after: Report): ReportDiff {
  const old = new Map(before.checks.map((check) => [check.id, check]))
  const current = new Map(after.checks.map((check) => [check.id, check]))
  const changed = after.checks.flatMap(({ id, title, verdict }) => {
    const was = old.get(id)?.verdict
    return was === undefined || was === verdict ? [] : [{ id, title, before: was, after: verdict }]
  })
  return {
    worse: changed.filter((change) => stepOf(change) > 0),
    better: changed.filter((change) => stepOf(change) < 0),
    other: changed.filter((change) => stepOf(change) === 0),
    added: after.checks.filter(({ id }) => !old.has(id)),
    gone: before.checks.filter(({ id }) => !current.has(id)),
  }
}

/** More than 0 is worse. A check that begins to apply and fails is worse, too. */
function stepOf({ before, after }: ChangedCheck): number {
  if (after === 'fail') return 1
  if (before === 'fail' && after !== 'not-applicable') return -1
  const [from, to] = [RANK[before], RANK[after]]
  return from === undefined || to === undefined ? 0 : to - from
}

/** One line a change, what got worse first. */
export function renderDiff({ worse, better, other, added, gone }: ReportDiff): string {
  const changes = (word: string, list: readonly ChangedCheck[]): readonly string[] =>
    list.map(({ id, title, before, after }) => `${word.padEnd(8)}${id}: ${before} → ${after} (${title})`)
  const singles = (word: string, list: ReportDiff['added']): readonly string[] =>
    list.map(({ id, title, verdict }) => `${word.padEnd(8)}${id}: ${verdict} (${title})`)
  const lines = [
    ...changes('worse', worse),
    ...changes('better', better),
    ...changes('changed', other),
    ...singles('new', added),
    ...singles('gone', gone),
  ]
  const last = `${worse.length} worse, ${better.length} better, ${other.length} changed, ${added.length} new, ${gone.length} gone`
  return `${[...lines, last].join('\n')}\n`
}
