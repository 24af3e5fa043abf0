import { errors, type Provider } from 'oidc-provider'
import { currentUnit } from '../store/unit-of-work.ts'
import type { Report } from './report.ts'

/**
 * A stored client whose metadata this server no longer takes, because the operator changed what it accepts, is not here:
 * clients register again when they hear that, and could do nothing about an error in what they sent long ago.
 */
export function ignoreUnacceptableClients(provider: Provider, report: Report): void {
  const find = provider.Client.find.bind(provider.Client)
  Object.defineProperty(provider.Client, 'find', {
    async value(clientId: string): ReturnType<typeof find> {
      try {
        return await find(clientId)
      } catch (error) {
        if (!(error instanceof errors.InvalidClientMetadata)) throw error
        const { correlationId } = currentUnit()
        report('warn', 'a stored client is not acceptable', {
          correlationId,
          clientId,
          reason: error.error_description,
        })
        return undefined
      }
    },
  })
}
