import { rm } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import { makeTestFolder } from '../setup/test-folder.ts'

/**
 * A temporary folder that every user may enter.
 *
 * @param whenDone when to remove it: after the test, or (`afterAll`) after the file
 */
export async function makeOpenFolder(
  whenDone: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const folder = await makeTestFolder()
  whenDone(() => rm(folder, { recursive: true, force: true }))
  return folder
}
