import { hostname } from 'node:os'
import type { Database } from './database.ts'
import { cleanUp } from './housekeeping.ts'

/** How often a deployment cleans up, however many processes it has: what has ended waits a minute for its end. */
const PAUSE_SECONDS = 60
// Whoever looks a little early must not find that it was done a moment too late.
const EARLY_SECONDS = 10

type Report = (level: 'debug' | 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void

/** Housekeeping beside the requests of a running server. */
export interface HousekeepingLoop {
  /** Ends after the statement at hand. */
  stop(): Promise<void>
}

/**
 * Cleans up now and then, where no other process does. What fails is reported and tried again later.
 * @param options.removed told of what each statement removed
 */
export function startHousekeeping(
  database: Database,
  options: { report: Report; removed?: (table: string, rows: number) => void; pauseSeconds?: number },
): HousekeepingLoop {
  const { report, removed: progress = () => undefined, pauseSeconds = PAUSE_SECONDS } = options
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let pass: Promise<void> = Promise.resolve()
  const turn = async (): Promise<void> => {
    const notWithinSeconds = Math.max(0, pauseSeconds - EARLY_SECONDS)
    try {
      const turnOptions = { holder: holderName(), notWithinSeconds, progress, signal: stopping.signal }
      const done = await cleanUp(database, turnOptions)
      if (done.ok) report('debug', 'cleaned up', { removed: done.removed })
    } catch (error) {
      report('warn', 'housekeeping failed and is tried again', { error })
    }
    schedule()
  }
  // Spread, so that processes that started together do not ask together for ever.
  const schedule = (): void => {
    if (stopping.signal.aborted) return
    timer = setTimeout(() => (pass = turn()), pauseSeconds * 1_000 * (0.9 + Math.random() / 5))
    timer.unref()
  }
  schedule()
  return {
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await pass
    },
  }
}

/** Names this process, for whoever looks at who cleans up. */
export function holderName(): string {
  return `${hostname()} process ${process.pid}`
}
