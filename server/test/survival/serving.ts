import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'
import type { Secret } from '../../src/config/secret.ts'
import { issued, refuseLeaks } from '../canary/index.ts'
import { scanOutput } from '../canary/scan-log.ts'
import { freePort } from '../e2e/free-port.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { query } from '../setup/state.ts'

/** Of every process that is started here; requests go to its own address. */
export const ISSUER = 'https://auth.example.com'

const BIN = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url))
/** A process takes seconds to start; where many things run on two cores, one was seen to take more than a minute. */
const START_TIMEOUT_MS = 100_000
// What it said last, for whoever finds that it did not start.
const SAID_MAX = 2_000

/** `sallyport serve` as an operator runs it, on the database and with the keys of a test server. */
export interface Serving {
  /** The test server as reached through this process. */
  readonly server: TestServer
  readonly child: ChildProcessWithoutNullStreams
  /** Status of `/livez`, or 0 when nothing answers. */
  live(): Promise<number>
  ready(): Promise<number>
  /** Sends SIGTERM, or what is given, and waits. @returns the exit code */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

export interface ServingOptions {
  readonly databaseUrl?: string
  readonly poolSize?: number
  readonly encryptionKeys?: readonly Secret[]
  readonly cookieKeys?: readonly Secret[]
}

/**
 * Makes clients and resources of the test's settings those of the command line, as an operator without them in a file has
 * them: a process that is started here would remove what its own file does not name.
 */
export async function keepRegistry(server: TestServer): Promise<void> {
  for (const table of ['clients', 'resources']) {
    await query(server, `UPDATE ${table} SET source = 'cli' WHERE source = 'settings'`)
  }
}

export async function startServing(server: TestServer, unlike: ServingOptions = {}): Promise<Serving> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-serving-'))
  await writeFile(join(folder, 'sallyport.yaml'), `databasePoolSize: ${unlike.poolSize ?? 10}\n`)
  const [port, managementPort] = [await freePort(), await freePort()]
  const reveal = (keys: readonly Secret[]) => keys.map((key) => key.reveal()).join(',')
  const child = spawn(process.execPath, ['--conditions=@sallyport/source', BIN, 'serve', '--host', '127.0.0.1'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      SALLYPORT_ISSUER: ISSUER,
      SALLYPORT_PORT: String(port),
      SALLYPORT_MANAGEMENT_PORT: String(managementPort),
      SALLYPORT_ENCRYPTION_KEYS: reveal(unlike.encryptionKeys ?? server.settings.encryptionKeys),
      SALLYPORT_COOKIE_KEYS: reveal(unlike.cookieKeys ?? server.settings.cookieKeys),
      DATABASE_URL: unlike.databaseUrl ?? server.databaseUrl,
    },
  })
  child.stdout.resume()
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk)
  })
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${managementPort}${path}`).then(
      ({ status }) => status,
      () => 0,
    )
  const origin = `http://127.0.0.1:${port}`
  const serving: Serving = {
    server: { ...server, origin, issuer: origin },
    child,
    live: () => ask('/livez'),
    ready: () => ask('/readyz'),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal)
        await once(child, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
      refuseLeaks(scanOutput('sallyport serve', said, issued))
      return child.exitCode
    },
  }
  try {
    await vi.waitFor(async () => expect(await serving.ready(), said.slice(-SAID_MAX)).toBe(200), {
      timeout: START_TIMEOUT_MS,
      interval: 100,
    })
  } catch (error) {
    // Nobody else knows of it.
    await serving.stop('SIGKILL')
    throw error
  }
  return serving
}

export const UNAVAILABLE = {
  status: 503,
  body: { error: 'temporarily_unavailable', error_code: 'SALLYPORT_E_UNAVAILABLE', correlation_id: expect.any(String) },
}
