import type { Finding } from './finding.ts'

/**
 * How binding a requirement is in a revision: `must` and `should` as that revision, or an RFC that it makes normative,
 * says them; `practice` is a trap of real clients, which no specification forbids.
 */
export type Level = 'must' | 'should' | 'practice'

export type Verdict = 'pass' | 'fail' | 'warn' | 'not-applicable' | 'incomplete'

/**
 * The verdict law: `fail` only for a MUST, and only on evidence that no sound subject could produce; everything softer
 * is a warning at most.
 */
export function judgeFinding(finding: Finding, level: Level): Verdict {
  switch (finding.kind) {
    case 'sound':
      return 'pass'
    case 'faulty':
      return level === 'must' ? 'fail' : 'warn'
    case 'doubtful':
      return 'warn'
    case 'not-applicable':
      return 'not-applicable'
    case 'incomplete':
      return 'incomplete'
    default:
      return finding satisfies never
  }
}
