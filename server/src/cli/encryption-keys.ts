import type { Settings } from '../config/settings.ts'
import { createSealer, type Sealer } from '../keys/sealing.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'

/**
 * What opens what the servers of this database sealed. A development start keeps its keys in the data folder.
 * @throws CommandError with exit code 2 when there are no keys
 */
export async function sealerOfCommand(settings: Settings): Promise<Sealer> {
  if (settings.encryptionKeys.length > 0) return createSealer(settings.encryptionKeys)
  if (settings.databaseUrl === undefined) {
    const { withDevelopmentSecrets } = await import('../dev/development-secrets.ts')
    return createSealer((await withDevelopmentSecrets(settings)).encryptionKeys)
  }
  const message = 'SALLYPORT_ENCRYPTION_KEYS is not set: give this command the keys that the servers have'
  throw new CommandError(EXIT.usage, 'SALLYPORT_E_SETTINGS', message)
}
