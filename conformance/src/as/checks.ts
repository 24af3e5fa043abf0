import type { Check } from '../check/check.ts'

/** Every check of `as` mode, in the order in which it runs. */
export const authorizationServerChecks: readonly Check<never>[] = []
