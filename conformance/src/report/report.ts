import type { Level, Verdict } from '../check/verdict.ts'
import type { Revision } from '../mcp/revision.ts'

/** A request and its answer as a report shows them: redacted, in the text of HTTP. */
export interface Evidence {
  readonly request: string
  readonly response: string
}

/** The verdict of one check. */
export interface CheckReport {
  readonly id: string
  readonly title: string
  readonly level: Level
  readonly verdict: Verdict
  /** Id of the requirement. */
  readonly requirement: string
  /** Address of the text that asks for it. */
  readonly source: string
  readonly detail: string
  readonly remedy: string
  readonly evidence: readonly Evidence[]
}

export interface Summary {
  readonly pass: number
  readonly fail: number
  readonly warn: number
  readonly notApplicable: number
  readonly incomplete: number
}

/** What a run found about one target. Stable: programs read it. */
export interface Report {
  readonly target: string
  /** Revision whose requirements were used. */
  readonly spec: Revision
  readonly summary: Summary
  readonly checks: readonly CheckReport[]
}

const COUNTED: Readonly<Record<Verdict, keyof Summary>> = {
  pass: 'pass',
  fail: 'fail',
  warn: 'warn',
  'not-applicable': 'notApplicable',
  incomplete: 'incomplete',
}

export function summarise(checks: readonly Pick<CheckReport, 'verdict'>[]): Summary {
  const summary = { pass: 0, fail: 0, warn: 0, notApplicable: 0, incomplete: 0 }
  for (const { verdict } of checks) summary[COUNTED[verdict]] += 1
  return summary
}

/** The last line of a run. */
export function summaryLine({ pass, fail, warn, notApplicable, incomplete }: Summary): string {
  return `${pass} passed, ${fail} failed, ${warn} warned, ${notApplicable} not applicable, ${incomplete} incomplete`
}
