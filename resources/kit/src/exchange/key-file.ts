import { ProtectError } from '../protect-error.ts'
import type { GuardLog } from '../protect-options.ts'

// Bits of the mode: group and others may read or write.
const OTHERS = 0o066

/**
 * Reads the file of the client's private key. Whoever reads it can act as this server, so a file that is open to
 * others is told to the operator; it is no refusal, because mounted secrets often are.
 *
 * @param path of a file with one JSON Web Key
 * @param log for the operator
 * @throws ProtectError when it cannot be read
 */
export async function readKeyFile(path: string, log: GuardLog): Promise<string> {
  try {
    // Imported here, so that runtimes without a file system can use the kit with an object.
    const { open } = await import('node:fs/promises')
    const file = await open(path, 'r')
    try {
      const { mode } = await file.stat()
      if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
        const detail = `${path} can be read by other users of this machine: chmod 600`
        log({ code: 'SALLYPORT_E_CLIENT_KEY_EXPOSED', detail })
      }
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ProtectError(
      'SALLYPORT_E_CLIENT_KEY',
      `the file of client.key cannot be read: ${reason}. \`sallyport resource add\` writes it where --client-key says`,
    )
  }
}
