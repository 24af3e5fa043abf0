import { appendFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'

/** What one fault came to. */
export interface FaultOutcome {
  /** From the moment the cause was gone to the next token that was answered. */
  readonly recoveryMs: number
  readonly answered: number
  /** Requests that were told to come again, or got no answer at all. */
  readonly refused: number
  readonly findings: Findings
}

/** What must not be: each entry says what was seen. */
export interface Findings {
  readonly duplicated: readonly unknown[]
  readonly lost: readonly unknown[]
  readonly halfIssued: readonly unknown[]
}

/** Counts faults of one kind, and tells when the test is over, passed or not. Call it inside of a test. */
export function tallyFaults(kind: string): { add(outcome: FaultOutcome): void } {
  const all: FaultOutcome[] = []
  onTestFinished(() => {
    const sum = (count: (outcome: FaultOutcome) => number) => all.reduce((total, each) => total + count(each), 0)
    const recoveries = all.map(({ recoveryMs }) => recoveryMs).sort((a, b) => a - b)
    const figures = {
      kind,
      faults: all.length,
      recoveryMedianSeconds: seconds(recoveries[Math.floor((recoveries.length - 1) / 2)]),
      recoveryWorstSeconds: seconds(recoveries.at(-1)),
      answered: sum(({ answered }) => answered),
      refused: sum(({ refused }) => refused),
      duplicated: sum(({ findings }) => findings.duplicated.length),
      lost: sum(({ findings }) => findings.lost.length),
      halfIssued: sum(({ findings }) => findings.halfIssued.length),
    }
    const recovery = `recovery median ${figures.recoveryMedianSeconds} s, worst ${figures.recoveryWorstSeconds} s`
    const load = `answered ${figures.answered}, refused ${figures.refused}`
    const wrong = `duplicated ${figures.duplicated}, lost ${figures.lost}, half-issued ${figures.halfIssued}`
    tell(`fault ${kind}: ${figures.faults} faults, ${recovery}, ${load}, ${wrong}`, { fault: figures })
  })
  return { add: (outcome) => all.push(outcome) }
}

/** Counts what became of the requests of a contest, and tells when the test is over. Call it inside of a test. */
export function tallyContest(thing: string): {
  /**
   * One round.
   * @param successes how many had what one may have; undefined where all may
   */
  add(answers: readonly ContestAnswer[], successes?: number): void
} {
  const outcomes = new Map<string, number>()
  let [rounds, operations, duplicated] = [0, 0, 0]
  onTestFinished(() => {
    const told = [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1))
    const distinct = told.map(([outcome, times]) => `${outcome} × ${times}`).join(', ')
    const figures = { thing, rounds, operations, duplicated, outcomes: Object.fromEntries(told) }
    const line = `contest ${thing}: ${operations} operations in ${rounds} rounds, duplicated ${duplicated}`
    tell(`${line}; ${distinct}`, { contest: figures })
  })
  return {
    add(answers, successes = 1) {
      rounds += 1
      operations += answers.length
      duplicated += Math.max(0, successes - 1)
      for (const answer of answers) outcomes.set(nameOf(answer), (outcomes.get(nameOf(answer)) ?? 0) + 1)
    },
  }
}

/** An answer of the token endpoint, or whatever else a contest ends in, in a word. */
type ContestAnswer = string | { readonly status: number; readonly body?: { readonly error?: unknown } }

function nameOf(answer: ContestAnswer): string {
  if (typeof answer === 'string') return answer
  const error = answer.body?.error
  return error === undefined ? String(answer.status) : `${answer.status} ${String(error)}`
}

function seconds(milliseconds = 0): number {
  return Number((milliseconds / 1_000).toFixed(2))
}

// One object a line, because test files run beside each other and each adds its own.
function tell(line: string, figures: object): void {
  console.info(line)
  const report = process.env.SALLYPORT_SOAK_REPORT
  if (report !== undefined && report !== '') appendFileSync(report, `${JSON.stringify(figures)}\n`)
}
