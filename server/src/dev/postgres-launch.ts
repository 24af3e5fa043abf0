import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chown, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'
import {
  choosePort,
  hasMisleadingLockFile,
  type PostgresFolder,
  type Postmaster,
  readPassword,
  readPostmaster,
} from './postgres-folder.ts'
import { StartError } from './start-error.ts'
import { admitUser, findUnprivilegedUser, type UnprivilegedUser } from './unprivileged-user.ts'

/** Superuser and database of every embedded PostgreSQL. */
export const ROLE = 'sallyport'
export const DATABASE = 'sallyport'

/** Recovery after a crash replays the log first; a laptop's disk needs its time for that. */
const READY_TIMEOUT_MS = 60_000
const POLL_MS = 20
/** Between looking for a free port and listening on it another program can take it. */
const PORT_ATTEMPTS = 3
/** Enough of PostgreSQL's own words to see what it refused. */
const OUTPUT_TAIL_LENGTH = 1500

export interface LaunchOptions {
  readonly log: (message: string) => void
  /** Run-time parameters of PostgreSQL (`-c name=value`). Tests turn durability off with them, nothing else does. */
  readonly flags: Readonly<Record<string, string>>
}

interface Launch extends LaunchOptions {
  readonly folder: PostgresFolder
  readonly binaries: PostgresBinaries
  readonly user: UnprivilegedUser | undefined
}

/**
 * Creates the cluster and its database where they are missing and starts PostgreSQL as a process of its own group, so
 * that Ctrl-C in a terminal reaches us alone and PostgreSQL outlives the connections that we still have to close.
 *
 * @throws StartError
 */
export async function launchPostgres(folder: PostgresFolder, options: LaunchOptions): Promise<Postmaster> {
  const user = await findUnprivilegedUser()
  if (user !== undefined) await chown(folder.root, user.uid, user.gid)
  const installed = await findPostgresBinaries()
  const binaries = user === undefined ? installed : await admitUser(user, folder.root, installed)
  const launch: Launch = { ...options, folder, binaries, user }

  if (!(await exists(join(folder.cluster, 'PG_VERSION')))) await createCluster(launch)
  if (await hasMisleadingLockFile(folder)) await rm(join(folder.cluster, 'postmaster.pid'))
  await createDatabase(launch)

  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(folder)
    const postmaster = await startPostmaster(launch, port)
    if (postmaster !== undefined) return postmaster
    if (attempt === PORT_ATTEMPTS || (await choosePort(folder)) === port) throw await failure(launch, 'did not start')
  }
}

async function createCluster(launch: Launch): Promise<void> {
  const { folder, binaries, flags } = launch
  launch.log(`creating a PostgreSQL cluster in ${folder.root}`)
  await readPassword(folder, launch.user)
  // Built aside and renamed: an interrupted creation leaves nothing that looks like a cluster.
  await rm(folder.draft, { recursive: true, force: true })
  await runToEnd(launch, binaries.initdb, [
    ...['-D', folder.draft, `--username=${ROLE}`, `--pwfile=${folder.password}`, '--auth=scram-sha-256'],
    // The same order of strings on every machine, whatever locales it has.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(flags.fsync === 'off' ? ['--no-sync'] : []),
  ])
  await rename(folder.draft, folder.cluster)
}

/** By the single-user server: it needs no password, no port and no client library. An existing database is left alone. */
async function createDatabase(launch: Launch): Promise<void> {
  const arguments_ = ['--single', '-D', launch.folder.cluster, ...flagArguments(launch.flags), 'postgres']
  await runToEnd(launch, launch.binaries.postgres, arguments_, `CREATE DATABASE ${DATABASE}\n`)
}

/** @returns undefined when PostgreSQL ended before it was ready */
async function startPostmaster(launch: Launch, port: number): Promise<Postmaster | undefined> {
  const { folder } = launch
  const child = await spawnProgram(launch, launch.binaries.postgres, [
    ...['-D', folder.cluster, '-p', String(port)],
    ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    ...flagArguments(launch.flags),
  ])
  child.stdin?.end()
  child.unref()
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (child.exitCode === null && child.signalCode === null) {
    const postmaster = await readPostmaster(folder)
    // The lock file of a crashed predecessor stays until the new process replaces it.
    if (postmaster?.status === 'ready' && postmaster.process.pid === child.pid) return postmaster
    if (Date.now() > deadline) {
      child.kill('SIGINT')
      throw await failure(launch, `was not ready after ${READY_TIMEOUT_MS / 1000} s`)
    }
    await delay(POLL_MS)
  }
  return undefined
}

async function runToEnd(launch: Launch, program: string, arguments_: readonly string[], input = ''): Promise<void> {
  const child = await spawnProgram(launch, program, arguments_)
  child.stdin?.end(input)
  await once(child, 'exit')
  if (child.exitCode !== 0) throw await failure(launch, `did not start: ${program} failed`)
}

async function spawnProgram(launch: Launch, program: string, arguments_: readonly string[]): Promise<ChildProcess> {
  const { user, folder } = launch
  // A file, not a pipe: what PostgreSQL writes must not fail when we are gone.
  const output = await open(folder.output, 'w')
  try {
    const child = spawn(program, arguments_, {
      cwd: folder.root,
      detached: true,
      stdio: ['pipe', output.fd, output.fd],
      // Nothing of the user's own PG* variables and locale.
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    })
    await once(child, 'spawn')
    return child
  } finally {
    await output.close()
  }
}

async function failure(launch: Launch, what: string): Promise<StartError> {
  const output = await readFile(launch.folder.output, 'utf8').catch(() => '')
  const message = `The embedded PostgreSQL in ${launch.folder.root} ${what}. Its last words:`
  return new StartError('SALLYPORT_E_POSTGRES_START', `${message}\n${output.slice(-OUTPUT_TAIL_LENGTH).trim()}`)
}

function flagArguments(flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
