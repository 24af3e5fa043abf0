import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Secret, secret } from '../config/secret.ts'
import type { Settings } from '../config/settings.ts'
import { createExclusively } from './exclusive-file.ts'

const FILE = 'secrets.json'

/** AES-256 takes exactly this many; a cookie key of the same length is beyond guessing too. */
const KEY_BYTES = 32
/** Typed by hand from the terminal, so no longer than guessing it online needs: 72 bits. */
const PASSWORD_BYTES = 9

const secretsFile = z.strictObject({
  encryptionKeys: z.array(z.string()).min(1),
  cookieKeys: z.array(z.string()).min(1),
  demoPassword: z.string().min(1),
})

/**
 * Fills the secrets that the settings leave open with ones that are made once and kept in the data folder, so that a
 * second start opens what the first one sealed. For development alone: production brings its own.
 *
 * @returns the settings with encryption keys, cookie keys and the demo password
 * @throws when the file in the folder is not what this wrote
 */
export async function withDevelopmentSecrets(
  settings: Settings,
): Promise<Settings & { readonly demo: { readonly password: Secret } }> {
  const kept = await readSecrets(settings.dataDir)
  return {
    ...settings,
    encryptionKeys: settings.encryptionKeys.length > 0 ? settings.encryptionKeys : kept.encryptionKeys.map(secret),
    cookieKeys: settings.cookieKeys.length > 0 ? settings.cookieKeys : kept.cookieKeys.map(secret),
    demo: { ...settings.demo, password: settings.demo.password ?? secret(kept.demoPassword) },
  }
}

async function readSecrets(dataDir: string): Promise<z.infer<typeof secretsFile>> {
  const path = join(dataDir, FILE)
  await mkdir(dataDir, { recursive: true })
  const fresh = {
    encryptionKeys: [randomBytes(KEY_BYTES).toString('base64')],
    cookieKeys: [randomBytes(KEY_BYTES).toString('base64url')],
    demoPassword: randomBytes(PASSWORD_BYTES).toString('base64url'),
  }
  if (await createExclusively(path, `${JSON.stringify(fresh, null, 2)}\n`)) return fresh
  const parsed = secretsFile.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (parsed.success) return parsed.data
  // Never replaced: what they sealed in the database would be lost with them.
  throw new Error(`${path} does not hold the development secrets: ${z.prettifyError(parsed.error)}`)
}
