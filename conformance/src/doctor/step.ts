/**
 * - `ok`: a client gets past.
 * - `warn`: some clients do not, or something is odd that has not stopped anybody yet.
 * - `stop`: clients do not get past.
 */
export type Outcome = 'ok' | 'warn' | 'stop'

/** One step of the walk, and what was seen at it. */
export interface Step {
  /** Where on the way; several things may be seen at one place. */
  readonly id: string
  readonly outcome: Outcome
  /** One sentence. */
  readonly saw: string
  /** What to change; none where nothing is wrong. */
  readonly change?: string
  /** Which ailment it is; stable, for programs. None where nothing is wrong. */
  readonly ailment?: string
}

/** What is wrong, and how it is mended. */
export interface Ailing {
  readonly ailment: string
  readonly saw: string
  readonly change: string
}

export const ok = (id: string, saw: string): Step => ({ id, outcome: 'ok', saw })
export const warn = (id: string, ailing: Ailing): Step => ({ id, outcome: 'warn', ...ailing })
export const stop = (id: string, ailing: Ailing): Step => ({ id, outcome: 'stop', ...ailing })
