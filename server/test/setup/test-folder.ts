import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopOrphanedPostgres } from '../../src/dev/embedded-postgres.ts'
import { readHolder } from '../../src/dev/folder-owner.ts'
import { openPostgresFolder, postgresFolderOf } from '../../src/dev/postgres-folder.ts'

const PREFIX = 'sallyport-test-'

/** Longer than any run takes: a younger folder may belong to one that is just beginning. */
const LEFT_BEHIND_AFTER_MS = 60 * 60 * 1000

/** Makes a temporary folder that every user may enter, because as root PostgreSQL drops to another user. */
export async function makeTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX))
  await chmod(folder, 0o755)
  return folder
}

/** Removes what killed runs left behind, the PostgreSQL that still runs there included. */
export async function sweepTestFolders(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX))
  // A folder of another user stays, and no run is worse for it.
  await Promise.allSettled(names.map((name) => sweep(join(tmpdir(), name))))
}

async function sweep(folder: string): Promise<void> {
  if ((await stat(folder)).mtimeMs > Date.now() - LEFT_BEHIND_AFTER_MS) return
  const postgres = await openPostgresFolder(postgresFolderOf(folder))
  if ((await readHolder(postgres.owner)) !== undefined) return
  await stopOrphanedPostgres(postgres.root)
  await rm(folder, { recursive: true, force: true })
}
