import type { Step } from './step.ts'

/** What most likely stops clients: the step where they stop first, and why. */
export interface Cause {
  readonly step: string
  readonly ailment: string
  readonly saw: string
  readonly change: string
}

/**
 * The root of what was seen. A client stops at the first thing that is wrong, and what is wrong further on often follows
 * from it; so the first one is named.
 * @returns undefined when nothing stops clients
 */
export function causeOf(steps: readonly Step[]): Cause | undefined {
  const first = steps.find(({ outcome }) => outcome === 'stop')
  if (first === undefined) return undefined
  const { id, ailment = id, saw, change = '' } = first
  return { step: id, ailment, saw, change }
}
