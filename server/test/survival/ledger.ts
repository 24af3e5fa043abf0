import type { TokenAnswer } from '../setup/flow.ts'

/** What clients saw. */
export interface Ledger {
  /**
   * Waits for an answer and notes it.
   * @returns undefined where none came, or one that says to come again
   */
  ask(request: Promise<TokenAnswer>): Promise<TokenAnswer | undefined>
  noteExchange(tokenId: string): void
  noteLife(family: number): void
  readonly findings: { readonly duplicated: unknown[]; readonly lost: unknown[] }
  /** Ids of the tokens that came out of exchanges. */
  readonly exchanged: readonly string[]
  answered(): number
  /** Requests that were told to come again, or got no answer. */
  refused(): number
  /** How many of the families had a new token since this was last asked. */
  alive(): number
  forgetAlive(): void
  /** The next answer with a token. */
  nextAnswer(): Promise<void>
}

export function createLedger(): Ledger {
  const findings = { duplicated: [] as unknown[], lost: [] as unknown[] }
  const exchanged: string[] = []
  const seen = new Set<string>()
  const families = new Set<number>()
  let waiting: (() => void)[] = []
  let [answered, refused] = [0, 0]
  return {
    findings,
    exchanged,
    async ask(request) {
      const answer = await request.catch(() => undefined)
      if (answer === undefined || isAskedToWait(answer)) {
        refused += 1
        return undefined
      }
      if (answer.status !== 200) return answer
      answered += 1
      for (const tell of waiting) tell()
      waiting = []
      return answer
    },
    noteExchange(tokenId) {
      if (seen.has(tokenId)) findings.duplicated.push({ exchanged: tokenId })
      seen.add(tokenId)
      exchanged.push(tokenId)
    },
    noteLife: (family) => void families.add(family),
    answered: () => answered,
    refused: () => refused,
    alive: () => families.size,
    forgetAlive: () => families.clear(),
    nextAnswer: () => new Promise((resolve) => void waiting.push(resolve)),
  }
}

/** 503 with our code, and when to come again; any other 503 is a finding. */
function isAskedToWait({ status, headers, body }: TokenAnswer): boolean {
  return status === 503 && Number(headers.get('retry-after')) > 0 && body.error_code === 'SALLYPORT_E_UNAVAILABLE'
}
