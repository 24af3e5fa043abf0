import { isRevision } from '../mcp/revision.ts'
import type { CheckReport, Report } from './report.ts'

/** The file is no report of this program. */
export class NotAReportError extends Error {
  override readonly name = 'NotAReportError'
}

const VERDICTS = new Set(['pass', 'fail', 'warn', 'not-applicable', 'incomplete'])
const TEXTS = ['id', 'level', 'requirement', 'source', 'detail', 'remedy'] as const

/**
 * Reads what `--json` wrote. Members that are unknown are left alone, so that reports of later versions can be compared.
 * @throws NotAReportError saying what is missing
 */
export function readReport(text: string): Report {
  return readReportValue(parse(text))
}

/** @throws NotAReportError saying what is missing */
export function readReportValue(raw: unknown): Report {
  const value = objectOf(raw, 'the file') as Partial<Record<keyof Report, unknown>>
  if (typeof value.target !== 'string') throw new NotAReportError('target is missing')
  if (!isRevision(value.spec)) throw new NotAReportError('spec is no revision that is known here')
  if (!Array.isArray(value.checks)) throw new NotAReportError('checks is no list')
  objectOf(value.summary, 'summary')
  value.checks.forEach(judgeCheck)
  return value as unknown as Report
}

function judgeCheck(value: unknown, at: number): asserts value is CheckReport {
  const where = `checks[${at}]`
  const check = objectOf(value, where) as Partial<Record<keyof CheckReport, unknown>>
  for (const name of TEXTS)
    if (typeof check[name] !== 'string') throw new NotAReportError(`${where}.${name} is no text`)
  if (!VERDICTS.has(String(check.verdict))) throw new NotAReportError(`${where}.verdict is unknown`)
  if (!Array.isArray(check.evidence)) throw new NotAReportError(`${where}.evidence is no list`)
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new NotAReportError(`${what} is no object`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new NotAReportError('the file is no JSON')
  }
}
