import type { Check } from '../check/check.ts'

/** Every check of `client` mode, in the order in which it runs. */
export const clientChecks: readonly Check<never>[] = []
