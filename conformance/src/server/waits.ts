import { setTimeout as sleep } from 'node:timers/promises'

/** How checks wait that have to; tests at servers of their own wait less. */
export interface Waits {
  readonly pause: (seconds: number) => Promise<unknown>
  /** Life of the token that a stream is opened with. Seconds. */
  readonly streamTokenSeconds: number
  /** For how long behind its end a stream may go on: clocks differ by a minute. Seconds. */
  readonly streamGraceSeconds: number
}

export const REAL_WAITS: Waits = {
  pause: (seconds) => sleep(seconds * 1_000),
  streamTokenSeconds: 20,
  streamGraceSeconds: 70,
}
