import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createExclusively } from './exclusive-file.ts'
import { describeProcess, type ProcessDescription } from './process-description.ts'
import { StartError } from './start-error.ts'
import type { UnprivilegedUser } from './unprivileged-user.ts'

/** Where everything of one embedded PostgreSQL lies. */
export interface PostgresFolder {
  readonly root: string
  /** PostgreSQL's own data folder. */
  readonly cluster: string
  /** A cluster under construction; it gets its name when it is complete. */
  readonly draft: string
  readonly password: string
  readonly port: string
  readonly output: string
  readonly owner: string
}

/** The server process as it describes itself in its lock file. */
export interface Postmaster {
  readonly process: ProcessDescription
  readonly port: number
  readonly status: 'starting' | 'ready' | 'stopping'
}

/** Lines of postmaster.pid, as PostgreSQL's miscadmin.h numbers them (from one). */
const LINE_PID = 1
const LINE_PORT = 4
const LINE_STATUS = 8

const PASSWORD_BYTES = 24

/** Where the embedded PostgreSQL of a data folder lies. */
export function postgresFolderOf(dataDir: string): string {
  return join(dataDir, 'postgres')
}

/** Names the files and makes the folder. @throws StartError SALLYPORT_E_POSTGRES_FOLDER */
export async function openPostgresFolder(path: string): Promise<PostgresFolder> {
  const root = resolve(path)
  try {
    await mkdir(root, { recursive: true })
    await access(root, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const message = `The folder ${root} cannot be made or written. Set SALLYPORT_DATA_DIR to one that you may write.`
    throw new StartError('SALLYPORT_E_POSTGRES_FOLDER', message, { cause })
  }
  return {
    root,
    cluster: join(root, 'cluster'),
    draft: join(root, 'cluster.draft'),
    password: join(root, 'password'),
    port: join(root, 'port'),
    output: join(root, 'postgres.log'),
    owner: join(root, 'owner.json'),
  }
}

/** The superuser's password: kept in the folder, made when there is none. */
export async function readPassword(folder: PostgresFolder, user?: UnprivilegedUser): Promise<string> {
  await createExclusively(folder.password, randomBytes(PASSWORD_BYTES).toString('base64url'))
  if (user !== undefined) await chown(folder.password, user.uid, user.gid)
  return readFile(folder.password, 'utf8')
}

/** The remembered port when it is free, else one that is, remembered from now on. */
export async function choosePort(folder: PostgresFolder): Promise<number> {
  const remembered = Number(await readFile(folder.port, 'utf8').catch(() => '0'))
  const port = Number.isInteger(remembered) ? ((await listenOnce(remembered)) ?? (await listenOnce(0))) : undefined
  if (port === undefined) throw new StartError('SALLYPORT_E_POSTGRES_START', 'No port is free on 127.0.0.1.')
  await writeFile(folder.port, String(port))
  return port
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}

/**
 * The PostgreSQL that runs on this folder, whoever started it. Its lock file outlives a crash and process numbers are
 * given out again, so the process must also have been started with this very folder.
 */
export async function readPostmaster(folder: PostgresFolder): Promise<Postmaster | undefined> {
  const lines = await readLockFile(folder)
  const pid = Number(lines?.[LINE_PID - 1])
  if (lines === undefined || !Number.isInteger(pid) || pid <= 0) return undefined
  const running = await describeProcess(pid)
  if (running === undefined || !running.command.includes(folder.cluster)) return undefined
  const status = lines[LINE_STATUS - 1]?.trim()
  return {
    process: running,
    port: Number(lines[LINE_PORT - 1]),
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  }
}

/** True when PostgreSQL would take the process named in its lock file for itself, and it is another program. */
export async function hasMisleadingLockFile(folder: PostgresFolder): Promise<boolean> {
  const pid = Number((await readLockFile(folder))?.[LINE_PID - 1])
  const running = Number.isInteger(pid) ? await describeProcess(pid) : undefined
  return running !== undefined && !running.command.includes(folder.cluster)
}

async function readLockFile(folder: PostgresFolder): Promise<string[] | undefined> {
  const text = await readFile(join(folder.cluster, 'postmaster.pid'), 'utf8').catch(() => undefined)
  return text?.split('\n')
}
