import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type Secret, secret } from '../../src/config/secret.ts'
import type { LifetimeSettings, Settings } from '../../src/config/settings.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import type { ClockMessage } from './movable-clock.ts'

const PROGRAM = new URL('./server-process.ts', import.meta.url)

/** Settings as they travel to another process: secrets in the open. */
export interface PlainSettings extends Omit<Settings, 'databaseUrl' | 'encryptionKeys' | 'cookieKeys' | 'demo'> {
  readonly databaseUrl: string
  readonly encryptionKeys: readonly string[]
  readonly cookieKeys: readonly string[]
  readonly demo: Omit<Settings['demo'], 'password'>
}

/** A server in a process of its own, on the database and under the issuer of a test server. */
export interface ServerProcess {
  /** The test server as reached through this process. */
  readonly server: TestServer
  readonly child: ChildProcess
  /** Sets its clock, while it runs: seconds ahead of everybody else's, negative behind. */
  moveClock(seconds: number): Promise<void>
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Forks a server that shares everything with `server` except its memory, and what is said here. */
export async function startServerProcess(
  server: TestServer,
  unlike: { lifetimes?: Partial<LifetimeSettings>; encryptionKeys?: readonly Secret[] } = {},
): Promise<ServerProcess> {
  // Vitest hands its own flags to the workers; the server gets the one it needs.
  const child = fork(PROGRAM, {
    execArgv: ['--conditions=@sallyport/source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.send(plainSettings(server, unlike))
  const port = await portOf(child)
  return {
    server: { ...server, origin: `http://127.0.0.1:${port}` },
    child,
    async moveClock(clockAheadSeconds) {
      const moved = once(child, 'message')
      child.send({ clockAheadSeconds } satisfies ClockMessage)
      await moved
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await once(child, 'exit')
    },
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server process ended before it listened')))
  const [message]: unknown[] = await Promise.race([once(child, 'message'), ended])
  return Number((message as { port?: number }).port)
}

/** The settings of a test server for a process beside it, but for what is said here. */
export function plainSettings(
  { settings, databaseUrl }: TestServer,
  unlike: { lifetimes?: Partial<LifetimeSettings>; encryptionKeys?: readonly Secret[]; trustedProxies?: string[] } = {},
): PlainSettings {
  const { lifetimes = {}, encryptionKeys = settings.encryptionKeys, trustedProxies = settings.trustedProxies } = unlike
  const { demo, ...rest } = settings
  return {
    ...rest,
    // The test reaches each process at an address of its own; only development refuses that.
    mode: 'serve',
    trustedProxies,
    databaseUrl,
    encryptionKeys: encryptionKeys.map((key) => key.reveal()),
    cookieKeys: settings.cookieKeys.map((key) => key.reveal()),
    lifetimes: { ...settings.lifetimes, ...lifetimes },
    demo: { port: demo.port, downstreamPort: demo.downstreamPort },
  }
}

/** What arrives in the other process, as a server is given it. */
export function settingsFrom(plain: PlainSettings): Settings {
  return {
    ...plain,
    databaseUrl: secret(plain.databaseUrl),
    encryptionKeys: plain.encryptionKeys.map(secret),
    cookieKeys: plain.cookieKeys.map(secret),
    demo: { ...plain.demo, password: undefined },
  }
}

/** Runs `count` tasks at the same time, by turns on one server and the other. */
export function contend<Result>(
  servers: readonly TestServer[],
  count: number,
  task: (server: TestServer, index: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const server = servers[index % servers.length]
      if (server === undefined) throw new Error('a contest needs servers')
      return task(server, index)
    }),
  )
}
