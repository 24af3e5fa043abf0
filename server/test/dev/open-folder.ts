import { rm } from 'node:fs/promises'
import { afterAll, onTestFinished } from 'vitest'
import { makeTestFolder } from '../setup/test-folder.ts'

/** A temporary folder for one test that every user may enter. */
export async function makeOpenFolder(): Promise<string> {
  const folder = await makeTestFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The same for all tests of a suite; to be called while the suite is being described, where hooks can be added. */
export async function makeSuiteFolder(): Promise<string> {
  const folder = await makeTestFolder()
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}
