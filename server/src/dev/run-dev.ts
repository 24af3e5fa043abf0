import type { Settings } from '../config/settings.ts'
import { readHolder } from './folder-owner.ts'
import { createPartStack } from './part-stack.ts'
import { explainListenError, refuseTakenPorts } from './ports.ts'
import { openPostgresFolder, postgresFolderOf } from './postgres-folder.ts'
import { StartError } from './start-error.ts'
import { startParts } from './start-parts.ts'
import { formatStartSummary } from './start-summary.ts'

/** Ctrl-C, a supervisor's stop, a closed terminal. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface DevOutput {
  /** The result: the summary, once. */
  write(text: string): void
  /** Progress and trouble, a line each. */
  log(message: string): void
}

/**
 * `sallyport dev`: starts everything on this machine, says where it is, and stops it all on the first signal. Further
 * signals change nothing: npm sends a second one for every Ctrl-C.
 *
 * @returns the exit code: 0 after a clean stop, also by Ctrl-C
 * @throws StartError when something that the person can repair kept it from starting; nothing is left running
 */
export async function runDev(settings: Settings, output: DevOutput): Promise<number> {
  const stopping = new AbortController()
  const onSignal = () => stopping.abort()
  for (const name of STOP_SIGNALS) process.on(name, onSignal)
  const parts = createPartStack(output.log)
  try {
    await refuseSecondStart(settings)
    const started = await startParts(settings, { parts, log: output.log, signal: stopping.signal })
    output.write(formatStartSummary(started))
    await aborted(stopping.signal)
  } catch (error) {
    // Asked to stop while starting: whatever broke then broke because of that.
    if (!stopping.signal.aborted) throw explainListenError(error, settings) ?? error
  } finally {
    const allStopped = await parts.stopAll()
    for (const name of STOP_SIGNALS) process.off(name, onSignal)
    // What did not stop, a client's open connection for one, would keep this process alive for ever.
    if (!allStopped) process.exit(1)
  }
  return 0
}

/** A second start finds its ports taken by the first: the process that holds the folder explains more than a port. */
async function refuseSecondStart(settings: Settings): Promise<void> {
  try {
    await refuseTakenPorts(settings)
  } catch (error) {
    const folder = postgresFolderOf(settings.dataDir)
    const holder = settings.databaseUrl ? undefined : await readHolder((await openPostgresFolder(folder)).owner)
    if (!(error instanceof StartError) || holder === undefined) throw error
    const hint = `Sallyport runs on ${settings.dataDir} already: process ${holder.pid} (${holder.command}).`
    throw new StartError(error.code, `${error.message} ${hint}`)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
