import { isUnreachable, type ManyReport } from '../many.ts'
import type { CheckReport, Report } from '../report.ts'

/** The report as programs read it: these members, in this order, whatever else a run may know. */
export function renderJson(report: Report): string {
  return written(membersOf(report))
}

/** The same of many targets, each with its name; of one that could not be examined the reason instead. */
export function renderJsonOfMany({ targets }: ManyReport): string {
  const each = targets.map((target) =>
    isUnreachable(target)
      ? { name: target.name, target: target.target, unreachable: target.unreachable }
      : { name: target.name, ...membersOf(target) },
  )
  return written({ targets: each })
}

const written = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

function membersOf({ target, spec, summary, checks }: Report): Report {
  return { target, spec, summary, checks: checks.map(checkOf) }
}

function checkOf({
  id,
  title,
  level,
  verdict,
  requirement,
  source,
  detail,
  remedy,
  evidence,
}: CheckReport): CheckReport {
  return { id, title, level, verdict, requirement, source, detail, remedy, evidence }
}
