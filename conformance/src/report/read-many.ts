import type { ManyReport, TargetReport } from './many.ts'
import { NotAReportError, readReport, readReportValue } from './read-report.ts'
import type { Report } from './report.ts'

/** What `--json` wrote: about one target, or about many. */
export type ReadReport =
  | { readonly kind: 'one'; readonly report: Report }
  | { readonly kind: 'many'; readonly report: ManyReport }

/** @throws NotAReportError saying what is missing */
export function readAnyReport(text: string): ReadReport {
  const value = objectOf(parse(text))
  if (!Array.isArray(value?.targets)) return { kind: 'one', report: readReport(text) }
  return { kind: 'many', report: { targets: value.targets.map(readTarget) } }
}

/** @throws NotAReportError */
export function readTarget(value: unknown): TargetReport {
  const target = objectOf(value)
  if (target === undefined || typeof target.name !== 'string') throw new NotAReportError('a target has no name')
  const { name } = target
  if (!('unreachable' in target)) return { name, ...readReportValue(target) }
  if (typeof target.unreachable !== 'string' || typeof target.target !== 'string')
    throw new NotAReportError(`${name} is neither examined nor unreachable`)
  return { name, target: target.target, unreachable: target.unreachable }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
