import { type Report, type Summary, summarise } from './report.ts'

/** A target that could not be examined, and why. */
export interface UnreachableTarget {
  readonly name: string
  readonly target: string
  readonly unreachable: string
}

/** The report of a target, with its name. */
export interface ExaminedTarget extends Report {
  readonly name: string
}

/** What came of one target of a run of many. */
export type TargetReport = ExaminedTarget | UnreachableTarget

/** What a run found about many targets. Stable, as the report of one is. */
export interface ManyReport {
  readonly targets: readonly TargetReport[]
}

export function isUnreachable(target: TargetReport): target is UnreachableTarget {
  return 'unreachable' in target
}

export function examinedOf({ targets }: ManyReport): readonly ExaminedTarget[] {
  return targets.flatMap((target) => (isUnreachable(target) ? [] : [target]))
}

export function unreachableOf({ targets }: ManyReport): readonly UnreachableTarget[] {
  return targets.filter(isUnreachable)
}

/** The counts of all targets together. */
export function summariseMany(many: ManyReport): Summary {
  return summarise(examinedOf(many).flatMap(({ checks }) => checks))
}
