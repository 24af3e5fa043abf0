import type { RevocationReason } from './grants.ts'

/** Told of what the store did that is worth counting. It must not throw, and nothing waits for it. */
export interface StoreObserver {
  /** @param count more than zero */
  grantsEnded(reason: RevocationReason, count: number): void
}

/** For whoever counts nothing: commands, and most tests. */
export const NOBODY_COUNTS: StoreObserver = { grantsEnded: () => undefined }
