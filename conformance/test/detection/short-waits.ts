import { setTimeout as sleep } from 'node:timers/promises'
import type { Waits } from '../../src/server/waits.ts'

/** Longer than the pause that fixtures make between lookups of keys. Milliseconds. */
const PAUSE_MS = 2_100

/** A clock that is put forward instead of being waited for. */
export interface ShiftedClock {
  /** Seconds since the epoch. */
  now(): number
  readonly waits: Waits
}

/**
 * Waits for fixtures: those with a clock of their own are told that the time has passed, the others have short pauses.
 */
export function createShortWaits(): ShiftedClock {
  let ahead = 0
  return {
    now: () => Date.now() / 1_000 + ahead,
    waits: {
      streamTokenSeconds: 2,
      streamGraceSeconds: 2,
      async pause(seconds) {
        if (seconds === 0) return
        ahead += seconds
        await sleep(PAUSE_MS)
      },
    },
  }
}
