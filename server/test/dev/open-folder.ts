import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/**
 * A temporary folder that every user may enter, because PostgreSQL does not run as root.
 *
 * @param whenDone when to remove it: after the test, or (`afterAll`) after the file
 */
export async function makeOpenFolder(
  whenDone: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-dev-test-'))
  await chmod(folder, 0o755)
  whenDone(() => rm(folder, { recursive: true, force: true }))
  return folder
}
