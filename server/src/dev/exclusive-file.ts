import { randomBytes } from 'node:crypto'
import { link, rm, writeFile } from 'node:fs/promises'

/** A draft's name; two writers of one process have drafts of their own. */
const DRAFT_BYTES = 6

/**
 * Makes a file that only its user can read, at once with its whole content; of several that try, one succeeds.
 *
 * @returns false when the file was there already, and then it is untouched
 */
export async function createExclusively(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(DRAFT_BYTES).toString('hex')}`
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
    // A link fails when the name is taken and appears with its content: nobody reads half a file.
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}
