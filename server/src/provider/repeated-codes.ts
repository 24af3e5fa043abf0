import { createHmac } from 'node:crypto'
import type { Provider } from 'oidc-provider'
import type { Sealer } from '../keys/sealing.ts'
import { currentUnit } from '../store/unit-of-work.ts'

/**
 * One decision of a person makes one code. A browser that goes on twice, because the first answer was slow or did not
 * arrive, arrives at the same one; codes of requests that needed nobody stay random.
 */
export function deriveCodesFromInteractions(provider: Provider, sealer: Sealer): void {
  const [key] = sealer.macKeys('authorization-code')
  const prototype: object = provider.AuthorizationCode.prototype
  const random: unknown = Reflect.get(prototype, 'generateTokenId')
  if (typeof random !== 'function') {
    throw new TypeError('the engine no longer makes authorization codes where it did')
  }
  Object.defineProperty(prototype, 'generateTokenId', {
    value(): string {
      const { interaction } = currentUnit()
      if (interaction === undefined) return String(random.call(this))
      return createHmac('sha256', key).update(interaction).digest('base64url')
    },
  })
}
