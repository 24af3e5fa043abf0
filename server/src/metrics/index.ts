import { monitorEventLoopDelay } from 'node:perf_hooks'
import { collectDefaultMetrics } from 'prom-client'
import type { Exposition } from '../http/management.ts'
import type { PoolUse } from '../store/database.ts'
import { createObservers, type Observers } from './observers.ts'
import { ownVersion } from './own-version.ts'
import { createRecorder, type Recorder } from './recorder.ts'

/** What one process counts. */
export interface Metrics {
  readonly observers: Observers
  /** Everything at this moment, in the text format of Prometheus. Asks no database. */
  expose(): Promise<Exposition>
  /** Names a pool whose use is looked at whenever somebody asks. */
  watchPool(use: () => PoolUse): void
  /** Begins to watch the process itself: its event loop, and what Node tells under its usual names. Once is enough. */
  watchProcess(): void
  /** Ends that. */
  stop(): void
}

type LoopDelays = ReturnType<typeof monitorEventLoopDelay>

/** Makes metrics that start at zero. */
export function createMetrics(): Metrics {
  const recorder = createRecorder()
  const { registry, set } = recorder
  set('sallyport_build_info', { version: ownVersion(), node: process.versions.node }, 1)
  const looks: (() => void)[] = []
  let loop: LoopDelays | undefined
  return {
    observers: createObservers(recorder),
    async expose() {
      for (const look of looks) look()
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
    watchPool: (use) => looks.push(() => recordPool(recorder, use())),
    watchProcess() {
      collectDefaultMetrics({ register: registry })
      const delays = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
      delays.enable()
      loop = delays
      looks.push(() => recordLoop(recorder, delays))
    },
    stop() {
      loop?.disable()
    },
  }
}

function recordPool({ set }: Recorder, { inUse, idle, waiting, max }: PoolUse): void {
  set('sallyport_database_connections', { state: 'in_use' }, inUse)
  set('sallyport_database_connections', { state: 'idle' }, idle)
  set('sallyport_database_connections_max', {}, max)
  set('sallyport_database_waiting', {}, waiting)
}

// Often enough for a delay that anybody feels, seldom enough to cost nothing.
const LOOP_RESOLUTION_MS = 20
const NANOSECONDS = 1e9

/** What is measured is the time between two looks, so that an idle loop shows the resolution; late is what lies above. */
function recordLoop({ set }: Recorder, delays: LoopDelays): void {
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS - LOOP_RESOLUTION_MS / 1_000)
  set('sallyport_event_loop_delay_seconds', { quantile: '0.5' }, late(delays.percentile(50)))
  set('sallyport_event_loop_delay_seconds', { quantile: '0.99' }, late(delays.percentile(99)))
  set('sallyport_event_loop_delay_seconds', { quantile: '1' }, late(delays.max))
  delays.reset()
}
