import { isUnreachable, type ManyReport } from '../report/many.ts'
import type { Summary } from '../report/report.ts'

/** Steps that a client got through, of those that it takes here. */
export interface Score {
  readonly passed: number
  readonly of: number
}

export function scoreOf({ pass, fail, warn, incomplete }: Summary): Score {
  return { passed: pass, of: pass + fail + warn + incomplete }
}

/** A line a client: its score, and the steps that stop it. */
export function scoreLines({ targets }: ManyReport): readonly string[] {
  const wide = Math.max(...targets.map(({ name }) => name.length))
  return targets.flatMap((target) => {
    if (isUnreachable(target)) return []
    const { passed, of } = scoreOf(target.summary)
    const stops = target.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
    return [
      `${target.name.padEnd(wide)}  ${passed} of ${of}${stops.length === 0 ? '' : `  stops at ${stops.join(', ')}`}`,
    ]
  })
}
