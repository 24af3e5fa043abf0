import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { StartError } from './start-error.ts'

const run = promisify(execFile)

/** Whom PostgreSQL runs as when we are root, because it refuses to run as root. */
export interface UnprivilegedUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** `nobody` is there on every Unix; `postgres` is who an administrator expects to see. */
const CANDIDATES = ['postgres', 'nobody']

/** The user to drop to: undefined for everyone but root, who needs none. */
export async function findUnprivilegedUser(): Promise<UnprivilegedUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of CANDIDATES) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined)
    if (ids !== undefined) return { name, uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) }
  }
  throw new StartError(
    'SALLYPORT_E_POSTGRES_START',
    `PostgreSQL does not run as root, and this machine has no user called ${CANDIDATES.join(' or ')}. ` +
      'Run as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

/**
 * Makes sure that the user can work in the folder and run the programs, before PostgreSQL fails with less to say.
 *
 * @returns the programs to run: copies inside the folder when the installed ones lie where the user cannot go
 * @throws StartError SALLYPORT_E_POSTGRES_FOLDER
 */
export async function admitUser(
  user: UnprivilegedUser,
  folder: string,
  binaries: PostgresBinaries,
): Promise<PostgresBinaries> {
  if (!(await succeeds(user, 'cd "$1" && test -w .', folder))) {
    throw new StartError(
      'SALLYPORT_E_POSTGRES_FOLDER',
      `PostgreSQL runs as the user "${user.name}" because we are root, and that user cannot reach or write ${folder}. ` +
        'Set SALLYPORT_DATA_DIR to a folder whose parents everyone may enter (for example /var/lib/sallyport).',
    )
  }
  if (await succeeds(user, '"$1" --version', binaries.postgres)) return binaries
  const root = join(folder, 'programs')
  await cp(binaries.root, root, { recursive: true, verbatimSymlinks: true })
  return { root, postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') }
}

async function succeeds(user: UnprivilegedUser, script: string, argument: string): Promise<boolean> {
  const options = { uid: user.uid, gid: user.gid, cwd: '/' }
  return run('/bin/sh', ['-c', script, 'sh', argument], options).then(
    () => true,
    () => false,
  )
}
