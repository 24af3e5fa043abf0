import type { Exchange } from './message.ts'

export interface Once<Answer> {
  /** For how long the answer stands; for the whole run unless said otherwise. Milliseconds. */
  readonly goodForMs?: number
  /** Whether an answer stands for later ones: an outage never does. */
  readonly keep: (answer: Answer) => boolean
}

/** What one check shows of what an earlier one was told. */
export interface EvidenceOf {
  readonly exchanges: readonly Exchange[]
  show(exchanges: readonly Exchange[]): void
}

/** What a run was told already: many checks begin with the same question, and its target is asked it once. */
export interface Memory {
  /**
   * Asks, unless an earlier check did.
   * @param question the same text for the same question
   */
  once<Answer>(
    evidence: EvidenceOf,
    question: string,
    ask: () => Promise<Answer>,
    options: Once<Answer>,
  ): Promise<Answer>
}

interface Kept {
  readonly answer: unknown
  readonly exchanges: readonly Exchange[]
  readonly until: number
}

/** @param clock milliseconds, monotonic */
export function createMemory(clock: () => number = () => performance.now()): Memory {
  const kept = new Map<string, Kept>()
  return {
    async once<Answer>(
      { exchanges, show }: EvidenceOf,
      question: string,
      ask: () => Promise<Answer>,
      { goodForMs = Number.POSITIVE_INFINITY, keep }: Once<Answer>,
    ) {
      const known = kept.get(question)
      if (known !== undefined && clock() < known.until) {
        show(known.exchanges)
        return known.answer as Answer
      }
      const before = exchanges.length
      const answer = await ask()
      if (keep(answer)) kept.set(question, { answer, exchanges: exchanges.slice(before), until: clock() + goodForMs })
      return answer
    },
  }
}
