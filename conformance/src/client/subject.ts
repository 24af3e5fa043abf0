import type { WorldChange } from './world/behaviours.ts'
import type { Visit, Visited } from './world/record.ts'

/** A client as the checks see it. */
export interface ClientSubject {
  /** What it did in the sound world; or why nothing of what it does in another says anything. */
  meet(): Acquaintance
  /** Sends it into a world, once for all checks that ask about this world, and makes evidence of what it did there. */
  visit(change: WorldChange): Promise<Visit>
  /** Shows requests once more, at the end of the evidence, where the ones that decide stand. */
  show(decisive: readonly Visited[]): void
}

export type Acquaintance =
  | { readonly kind: 'complete'; readonly visit: Visit }
  | { readonly kind: 'incomplete'; readonly why: string }
