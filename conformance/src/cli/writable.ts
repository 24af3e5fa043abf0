import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Whether a file can be written, as far as that is to be known before: a report that cannot be kept is no reason to ask
 * a server for half a minute first.
 * @throws Error of the file system where it is a folder, is read-only, or has no folder that takes it
 */
export async function proveWritable(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory() === true) throw new Error(`${path} is a folder`)
  await access(there === undefined ? dirname(path) : path, constants.W_OK)
}
