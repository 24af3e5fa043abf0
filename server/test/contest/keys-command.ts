import type { Secret } from '../../src/config/secret.ts'
import { type Outcome, run } from '../cli/fake-terminal.ts'
import type { TestServer } from '../setup/authorization-server.ts'

/** Runs `sallyport keys …` on the database of a test server, with its encryption keys or others. */
export function keysCommand(
  server: TestServer,
  args: readonly string[],
  encryptionKeys: readonly Secret[] = server.settings.encryptionKeys,
): Promise<Outcome> {
  const keys = encryptionKeys.map((key) => key.reveal()).join(',')
  return run(['keys', ...args], { env: { DATABASE_URL: server.databaseUrl, SALLYPORT_ENCRYPTION_KEYS: keys } })
}
