import { createMac } from './mac.ts'
import type { Sealer } from './sealing.ts'

/** Tokens that prove that a form was made for what it is posted to. */
export interface FormTokens {
  /** @param binding what the form belongs to; the same list gives the same token */
  issue(binding: readonly string[]): string
  /** Whether `token` was issued for `binding`, by any of the keys. */
  check(binding: readonly string[], token: string): boolean
}

export function createFormTokens(sealer: Sealer): FormTokens {
  const mac = createMac(sealer, 'form-token')
  return {
    issue: (binding) => mac.sign(JSON.stringify(binding)),
    check: (binding, token) => mac.verify(token, JSON.stringify(binding)),
  }
}
