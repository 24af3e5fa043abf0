import type { Provider } from 'oidc-provider'
import { currentUnit } from '../store/unit-of-work.ts'

/** Gives a rotated refresh token the id that was derived from its predecessor; the first of a family stays random. */
export function deriveSuccessorIds(provider: Provider): void {
  const prototype: object = provider.RefreshToken.prototype
  const random: unknown = Reflect.get(prototype, 'generateTokenId')
  if (typeof random !== 'function') throw new TypeError('the engine no longer makes refresh token ids where it did')
  Object.defineProperty(prototype, 'generateTokenId', {
    value(): string {
      const { consumption } = currentUnit()
      return consumption?.kind === 'refresh-token' ? consumption.successor : String(random.call(this))
    },
  })
}
