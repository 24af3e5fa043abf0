// A server of its own process on the database of a test. It says its port when it listens and ends with its parent.
import './movable-clock.ts'
import { createServer } from 'node:http'
import { createApp } from '../../src/app.ts'
import { createEgress } from '../../src/egress/index.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { openStore } from '../../src/store/index.ts'
import { createHurriedClock } from '../setup/hurried-clock.ts'
import { type PlainSettings, settingsFrom } from './server-processes.ts'

const KEEP_ALIVE_MS = 120_000

process.once('message', (message) => {
  void start(message as PlainSettings)
})
process.once('disconnect', () => process.exit())

async function start(plain: PlainSettings): Promise<void> {
  const settings = settingsFrom(plain)
  const store = openStore({ databaseUrl: plain.databaseUrl, poolSize: plain.databasePoolSize })
  const { observers } = createMetrics()
  const egress = createEgress({ settings: settings.egress })
  const http = createServer(
    (await createApp({ settings, store, log: () => {}, egress, observers, ticks: createHurriedClock() })).handle,
  )
  // Longer than a contest pauses: a connection that the server closes while a request is on its way is no finding here.
  http.keepAliveTimeout = KEEP_ALIVE_MS
  http.listen(0, '127.0.0.1', () => {
    const address = http.address()
    process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
  })
}
