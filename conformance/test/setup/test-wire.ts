import { createPace } from '../../src/wire/pace.ts'
import { createWires, type Wire } from '../../src/wire/wire.ts'

/** A wire without a pace, for servers of the test itself. */
export function openTestWire(): { readonly wire: Wire; close(): Promise<void> } {
  const pace = createPace({ requestsPerSecond: 1_000, budget: 1_000 })
  const wires = createWires({ pace, timeoutMs: 5_000, userAgent: 'test' })
  return { wire: wires.open(), close: wires.close }
}
