import { createHmac } from 'node:crypto'
import { equalInConstantTime } from './equal.ts'
import type { Sealer } from './sealing.ts'

/** Tokens that prove that a form was made for what it is posted to. */
export interface FormTokens {
  /** @param binding what the form belongs to; the same list gives the same token */
  issue(binding: readonly string[]): string
  /** Whether `token` was issued for `binding`, by any of the keys. */
  check(binding: readonly string[], token: string): boolean
}

export function createFormTokens(sealer: Sealer): FormTokens {
  const keys = sealer.macKeys('form-token')
  const derive = (key: Buffer, binding: readonly string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(binding)).digest('base64url')
  const [first] = keys
  if (first === undefined) throw new RangeError('at least one encryption key is needed')
  return {
    issue: (binding) => derive(first, binding),
    check: (binding, token) => keys.some((key) => equalInConstantTime(derive(key, binding), token)),
  }
}
