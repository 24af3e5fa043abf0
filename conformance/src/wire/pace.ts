import { setTimeout as sleep } from 'node:timers/promises'

/** Enough to be done in half a minute, little enough that no server in service notices. Requests a second. */
export const DEFAULT_RATE = 5
/** A run of every check needs fewer; a loop that went wrong stops here. */
export const DEFAULT_BUDGET = 300
/** Two at once show a race, and no server notices. */
export const BURST_OF_TWO = 2
/** With `--stress`: what a race of a whole team looks like. */
export const BURST_UNDER_STRESS = 20

/** The run has sent as many requests as it was allowed to. */
export class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpentError'
}

/** Keeps a run from being a load test: one request after the other, no faster than the rate, no more than the budget. */
export interface Pace {
  /**
   * Resolves when the next request may leave.
   * @param together this many leave at once, and those after them wait as long as if each had had its turn
   * @throws BudgetSpentError
   */
  take(together?: number): Promise<void>
  readonly spent: number
}

/** @param clock milliseconds, monotonic */
export function createPace(options: {
  requestsPerSecond: number
  budget: number
  clock?: () => number
  wait?: (milliseconds: number) => Promise<unknown>
}): Pace {
  const { requestsPerSecond, budget, clock = () => performance.now(), wait = sleep } = options
  const gap = 1000 / requestsPerSecond
  let next = clock()
  let spent = 0
  return {
    get spent() {
      return spent
    },
    async take(together = 1) {
      if (spent + together > budget) throw new BudgetSpentError(`the budget of ${budget} requests is spent`)
      spent += together
      const now = clock()
      const start = Math.max(next, now)
      next = start + together * gap
      if (start > now) await wait(start - now)
    },
  }
}
