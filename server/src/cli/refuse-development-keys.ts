import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNamedFile } from '../config/named-files.ts'
import type { Settings } from '../config/settings.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'

/** Where `sallyport dev` keeps the secrets it made, in the data folder. */
export const DEVELOPMENT_SECRETS = 'secrets.json'

/**
 * Keys made for development lie readable in a folder that people copy and commit; production must not depend on them.
 * @throws CommandError with exit code 2, naming the setting and never the key
 */
export function refuseDevelopmentKeys({ dataDir, encryptionKeys, cookieKeys }: Settings): void {
  const path = join(dataDir, DEVELOPMENT_SECRETS)
  const kept = readNamedFile(path, (file) => readFileSync(file, 'utf8'))
  if (!kept.ok) return
  const isKept = (keys: Settings['cookieKeys']) => keys.some((key) => kept.text.includes(JSON.stringify(key.reveal())))
  const named = [
    ...(isKept(encryptionKeys) ? ['SALLYPORT_ENCRYPTION_KEYS'] : []),
    ...(isKept(cookieKeys) ? ['SALLYPORT_COOKIE_KEYS'] : []),
  ]
  if (named.length === 0) return
  const message = `${named.join(' and ')} was made by \`sallyport dev\` (${path}): make one with \`openssl rand -base64 32\``
  throw new CommandError(EXIT.usage, 'SALLYPORT_E_SETTINGS', message)
}
