import { diffReports, type ReportDiff, renderDiff } from './diff.ts'
import { isUnreachable, type ManyReport, type TargetReport } from './many.ts'

/** What became of one target between two runs. */
export type TargetChange =
  | { readonly kind: 'examined'; readonly name: string; readonly diff: ReportDiff }
  /** It was examined and no longer answers, which may hide anything. */
  | { readonly kind: 'lost'; readonly name: string; readonly why: string }
  | { readonly kind: 'back' | 'silent' | 'added' | 'gone'; readonly name: string }

/** What changed between two runs of many targets, by their names. */
export function diffMany(before: ManyReport, after: ManyReport): readonly TargetChange[] {
  const old = new Map(before.targets.map((target) => [target.name, target]))
  const current = new Set(after.targets.map(({ name }) => name))
  const gone = before.targets
    .filter(({ name }) => !current.has(name))
    .map(({ name }) => ({ kind: 'gone', name }) as const)
  return [...after.targets.map((target) => changeOf(old.get(target.name), target)), ...gone]
}

function changeOf(before: TargetReport | undefined, after: TargetReport): TargetChange {
  const { name } = after
  if (before === undefined) return { kind: 'added', name }
  if (isUnreachable(after))
    return isUnreachable(before) ? { kind: 'silent', name } : { kind: 'lost', name, why: after.unreachable }
  return isUnreachable(before) ? { kind: 'back', name } : { kind: 'examined', name, diff: diffReports(before, after) }
}

/** Whether anything got worse. */
export function isWorse(changes: readonly TargetChange[]): boolean {
  return changes.some(
    (change) => change.kind === 'lost' || (change.kind === 'examined' && change.diff.worse.length > 0),
  )
}

const WORDS = {
  back: 'examined again, after it was unreachable',
  silent: 'unreachable as before',
  added: 'new in the run',
  gone: 'no longer in the run',
} as const

/** One block a target that changed; the last line counts all of them. */
export function renderDiffOfMany(changes: readonly TargetChange[]): string {
  const blocks = changes.flatMap((change) => {
    if (change.kind === 'lost') return [`${change.name}: unreachable, and was examined before: ${change.why}`]
    if (change.kind !== 'examined') return [`${change.name}: ${WORDS[change.kind]}`]
    return isSame(change.diff) ? [] : [`${change.name}:\n${renderDiff(change.diff).trimEnd()}`]
  })
  const diffs = changes.flatMap((change) => (change.kind === 'examined' ? [change.diff] : []))
  const sum = (list: keyof ReportDiff): number => diffs.reduce((total, diff) => total + diff[list].length, 0)
  const lost = changes.filter(({ kind }) => kind === 'lost').length
  const last = `${sum('worse')} worse, ${sum('better')} better, ${sum('other')} changed, ${sum('added')} new, ${sum('gone')} gone`
  return `${[...blocks, `${changes.length} targets, ${lost} of them lost: ${last}`].join('\n\n')}\n`
}

function isSame(diff: ReportDiff): boolean {
  return Object.values(diff).every((list: readonly unknown[]) => list.length === 0)
}
