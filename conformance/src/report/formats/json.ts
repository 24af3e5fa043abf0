import type { CheckReport, Report } from '../report.ts'

/** The report as programs read it: these members, in this order, whatever else a run may know. */
export function renderJson(report: Report): string {
  const { target, spec, summary } = report
  return `${JSON.stringify({ target, spec, summary, checks: report.checks.map(checkOf) }, undefined, 2)}\n`
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
