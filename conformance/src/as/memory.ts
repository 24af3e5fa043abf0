import type { Exchange } from '../wire/message.ts'
import { Unmet } from './asking.ts'
import type { EvidenceWire } from './evidence-wire.ts'

/** Something that is found once in a run. */
export interface Remembered<Value> {
  /** Finds it, or shows again how it was found. @throws Unmet as often as it is asked for, once it could not be found */
  recall(): Promise<Value>
  /** The same, where it is no evidence. */
  know(): Promise<Value>
}

/** Remembers what came of `find`, so that a sign-in which fails is not tried again until an account is locked. */
export function remember<Value>(wire: EvidenceWire, find: () => Promise<Value>): Remembered<Value> {
  let kept: { readonly exchanges: readonly Exchange[]; readonly value: Value | Unmet } | undefined
  const look = async (): Promise<Value | Unmet> => {
    const before = wire.exchanges.length
    const value = await find().catch((error: unknown) => {
      if (error instanceof Unmet) return error
      throw error
    })
    kept = { exchanges: wire.exchanges.slice(before), value }
    return value
  }
  const open = (value: Value | Unmet): Value => {
    if (value instanceof Unmet) throw value
    return value
  }
  return {
    async recall() {
      if (kept === undefined) return open(await look())
      wire.cite(kept.exchanges)
      return open(kept.value)
    },
    know: async () => open(kept === undefined ? await look() : kept.value),
  }
}

const shared = new WeakMap<object, Map<string, Remembered<unknown>>>()

/**
 * What several checks of one run look at from different sides: one experiment instead of several saves the target requests.
 * @param owner what lives as long as the run
 */
export function rememberFor<Value>(
  owner: object,
  name: string,
  wire: EvidenceWire,
  find: () => Promise<Value>,
): Remembered<Value> {
  const kept = shared.get(owner) ?? new Map<string, Remembered<unknown>>()
  shared.set(owner, kept)
  const known = kept.get(name) as Remembered<Value> | undefined
  const remembered = known ?? remember(wire, find)
  kept.set(name, remembered)
  return remembered
}
