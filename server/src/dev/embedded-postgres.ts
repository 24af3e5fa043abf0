import { setTimeout as delay } from 'node:timers/promises'
import { claimFolder, readHolder } from './folder-owner.ts'
import {
  openPostgresFolder,
  type PostgresFolder,
  type Postmaster,
  readPassword,
  readPostmaster,
} from './postgres-folder.ts'
import { DATABASE, launchPostgres, ROLE } from './postgres-launch.ts'
import { isStillRunning } from './process-description.ts'
import { StartError } from './start-error.ts'

/** A running PostgreSQL. */
export interface EmbeddedPostgres {
  /** Connection string of the database `sallyport`, password included: a secret. */
  readonly url: string
  /** Ends what this call started or took over; harmless when called again. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Folder of the data, the password and the port; made when missing. */
  readonly dataDir: string
  readonly log: (message: string) => void
  /** Run-time parameters of PostgreSQL. The defaults are durable; only tests need others. */
  readonly flags?: Readonly<Record<string, string>>
}

/** A fast shutdown writes one checkpoint; what takes longer than this is not going to end by itself. */
const STOP_TIMEOUT_MS = 30_000
/** How long others may finish their work on a server that we started for ours. */
const COURTESY_TIMEOUT_MS = 10_000
/** The owner may still be creating its cluster. */
const OWNER_TIMEOUT_MS = 60_000
const POLL_MS = 25

/**
 * Starts the PostgreSQL of a data folder and owns it until `stop`. One that a killed owner left running is taken over.
 *
 * @throws StartError SALLYPORT_E_POSTGRES_HELD when a living process owns it, and the other SALLYPORT_E_POSTGRES_* codes
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return startOwned(await openPostgresFolder(options.dataDir), options, stopFast)
}

/**
 * A second reader's way in: uses the PostgreSQL that another process runs on this folder (then `stop` does nothing), or
 * starts it for the time being.
 *
 * @throws StartError
 */
export async function connectEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = await openPostgresFolder(options.dataDir)
  const deadline = Date.now() + OWNER_TIMEOUT_MS
  while (Date.now() < deadline) {
    if ((await readHolder(folder.owner)) === undefined) {
      const started = await startOwned(folder, options, stopWhenIdle).catch((error: unknown) => {
        // Someone was faster: then there is one to use.
        if (error instanceof StartError && error.code === 'SALLYPORT_E_POSTGRES_HELD') return undefined
        throw error
      })
      if (started !== undefined) return started
    }
    const postmaster = await readPostmaster(folder)
    if (postmaster?.status === 'ready') {
      return { url: await connectionString(folder, postmaster), stop: async () => undefined }
    }
    await delay(POLL_MS)
  }
  throw stillBusy(folder, await readPostmaster(folder))
}

/** Ends the PostgreSQL that a killed owner left running on this folder; one that has a living owner is let alone. */
export async function stopOrphanedPostgres(dataDir: string): Promise<void> {
  const folder = await openPostgresFolder(dataDir)
  const claim = await claimFolder(folder.owner)
  if (!claim.ok) return
  const orphan = await readPostmaster(folder)
  if (orphan !== undefined) await stopFast(orphan)
  await claim.release()
}

async function startOwned(
  folder: PostgresFolder,
  options: EmbeddedPostgresOptions,
  stopPostmaster: (postmaster: Postmaster) => Promise<void>,
): Promise<EmbeddedPostgres> {
  const claim = await claimFolder(folder.owner)
  if (!claim.ok) {
    throw new StartError(
      'SALLYPORT_E_POSTGRES_HELD',
      `${folder.root} is in use by process ${claim.holder.pid} (${claim.holder.command}). ` +
        'Stop that process, or set SALLYPORT_DATA_DIR to another folder.',
    )
  }
  try {
    const launch = { log: options.log, flags: options.flags ?? {} }
    const postmaster = (await adoptOrphan(folder, options.log)) ?? (await launchPostgres(folder, launch))
    const url = await connectionString(folder, postmaster)
    // Not a signal handler: those belong to whoever runs the process. This one catches its every orderly end.
    const endWithUs = () => signal(postmaster, 'SIGINT')
    process.once('exit', endWithUs)
    let stopped: Promise<void> | undefined
    const stop = async () => {
      await stopPostmaster(postmaster)
      process.off('exit', endWithUs)
      await claim.release()
    }
    return {
      url,
      stop: () => {
        stopped ??= stop()
        return stopped
      },
    }
  } catch (error) {
    await claim.release()
    throw error
  }
}

/** The server whose owner was killed: waits until it serves and returns it, or until it has ended by itself. */
async function adoptOrphan(folder: PostgresFolder, log: (message: string) => void): Promise<Postmaster | undefined> {
  const deadline = Date.now() + OWNER_TIMEOUT_MS
  for (;;) {
    const postmaster = await readPostmaster(folder)
    if (postmaster === undefined) return undefined
    if (postmaster.status === 'ready') {
      log(`taking over the PostgreSQL that an earlier process left running (process ${postmaster.process.pid})`)
      return postmaster
    }
    if (Date.now() > deadline) throw stillBusy(folder, postmaster)
    await delay(POLL_MS)
  }
}

function stillBusy(folder: PostgresFolder, postmaster: Postmaster | undefined): StartError {
  const which = postmaster === undefined ? '' : ` (process ${postmaster.process.pid} is ${postmaster.status})`
  return new StartError('SALLYPORT_E_POSTGRES_START', `The PostgreSQL in ${folder.root} does not get ready${which}.`)
}

async function connectionString(folder: PostgresFolder, postmaster: Postmaster): Promise<string> {
  const password = await readPassword(folder)
  return `postgres://${ROLE}:${password}@127.0.0.1:${postmaster.port}/${DATABASE}`
}

/** SIGINT disconnects everyone and closes the files in order; SIGQUIT leaves the order to the next start's recovery. */
async function stopFast(postmaster: Postmaster): Promise<void> {
  if (!(await isStillRunning(postmaster.process))) return
  signal(postmaster, 'SIGINT')
  if (await hasEnded(postmaster, STOP_TIMEOUT_MS)) return
  signal(postmaster, 'SIGQUIT')
  await hasEnded(postmaster, STOP_TIMEOUT_MS)
}

/** SIGTERM lets the sessions of other readers end first. */
async function stopWhenIdle(postmaster: Postmaster): Promise<void> {
  signal(postmaster, 'SIGTERM')
  if (!(await hasEnded(postmaster, COURTESY_TIMEOUT_MS))) await stopFast(postmaster)
}

async function hasEnded(postmaster: Postmaster, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (await isStillRunning(postmaster.process)) {
    if (Date.now() > deadline) return false
    await delay(POLL_MS)
  }
  return true
}

function signal(postmaster: Postmaster, name: NodeJS.Signals): void {
  try {
    process.kill(postmaster.process.pid, name)
  } catch {
    // It has ended already.
  }
}
