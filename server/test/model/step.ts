import type fc from 'fast-check'
import { expect } from 'vitest'
import type { Place } from './ground.ts'
import type { Grant, Model } from './model.ts'
import type { Pending } from './pending.ts'
import { type Open, send } from './requests.ts'

/** The model of a sequence, with its requests that were read and are not sent yet. */
export interface Expected {
  readonly model: Model
  readonly pending: Pending[]
}

/** The sequence in the database; the requests are in the same order. */
export interface Real {
  readonly place: Place
  readonly open: Open[]
  /** How often each outcome came, over all sequences. */
  readonly outcomes: Map<string, number>
}

export type Step = fc.AsyncCommand<Expected, Real>

/** A step of these words; `can` says when it makes sense at all. */
export function command<Model extends object, World>(
  words: string,
  run: (model: Model, world: World) => Promise<void>,
  can: (model: Readonly<Model>) => boolean = () => true,
): fc.AsyncCommand<Model, World> {
  return { check: can, run, toString: () => words }
}

/** The same on the functions of the store. */
export const step = command<Expected, Real>

/** A request that was read: sent at once, or left waiting. Both sides must have come as far. */
export async function opened(
  expected: Expected,
  real: Real,
  request: { pending: Pending | undefined; open: Open | undefined; scopes?: readonly string[]; waits: boolean },
): Promise<void> {
  const { pending, open, scopes = [], waits } = request
  expect(open !== undefined, 'the request passes its judgement').toBe(pending !== undefined)
  if (pending === undefined || open === undefined) return count(real, 'refused')
  expect([...open.scopes].sort()).toEqual([...scopes].sort())
  expected.pending.push(pending)
  real.open.push(open)
  if (!waits) await finish(expected, real, real.open.length - 1)
}

/** Sends a request that waited, and holds what comes of it to what must. */
export async function finish(expected: Expected, real: Real, index: number): Promise<void> {
  const [pending] = expected.pending.splice(index, 1)
  const [open] = real.open.splice(index, 1)
  if (pending === undefined || open === undefined) throw new Error('there is no such request')
  const must = pending.settle()
  const outcome = await send(real.place, open)
  expect({ what: pending.what, outcome }).toEqual({ what: pending.what, outcome: must })
  count(real, outcome)
}

function count({ outcomes }: Real, outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
}

/** One of the grants there are, whichever number was drawn. */
export function pickGrant(model: Model, number: number): { id: string; grant: Grant } {
  const all = [...model.grants]
  const [id, grant] = all[all.length - 1 - (number % all.length)] ?? []
  if (id === undefined || grant === undefined) throw new Error('there is no grant')
  return { id, grant }
}
