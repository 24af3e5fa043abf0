import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { trusting } from '../wire/roots.ts'
import { endGroup, hasEnded, IN_A_GROUP, signalGroup } from './process-group.ts'

const POLL_MS = 100
const PROBE_MS = 1_000
/** Of what the server said before it died: enough for a stack trace. */
const LAST_WORDS = 2_000

/** The server did not come up. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

export interface StartServer {
  /** Run by the shell of the system. */
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  /** Has answered, in whatever way, when the start is over. */
  readonly url: string
  /** How long the server may take, milliseconds. */
  readonly timeoutMs: number
  /** PEM of roots besides the usual ones, for a server with TLS of its own. */
  readonly ca?: readonly string[] | undefined
}

export interface StartedServer {
  /** Resolves when it answers. @throws StartError when it ends or stays silent */
  untilItAnswers(): Promise<void>
  /** Ends the process and everything it started. */
  stop(): Promise<void>
  /** Ends it at once, for a process that is itself about to end. */
  kill(): void
}

/**
 * Starts a server.
 * @throws StartError when something else answers at its URL already, and would be examined in its place
 */
export async function startServer({ command, env, url, timeoutMs, ca }: StartServer): Promise<StartedServer> {
  const agent = new Agent({ connect: trusting(ca) })
  const answers = (): Promise<boolean> => answersAt(url, agent)
  if (await answers()) throw new StartError(`something answers at ${url} before the server was started`)
  const child = spawn(command, {
    shell: true,
    detached: IN_A_GROUP,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  const listen = (chunk: Buffer): void => {
    words = (words + chunk.toString('utf8')).slice(-LAST_WORDS)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  return {
    async stop() {
      await endGroup(child)
      await agent.destroy()
    },
    kill: () => signalGroup(child, 'SIGKILL'),
    async untilItAnswers() {
      const failure = await waitFor(child, answers, { url, timeoutMs })
      if (failure !== undefined)
        throw new StartError(words === '' ? failure : `${failure}; it said:\n${words.trimEnd()}`)
    },
  }
}

/** @returns why it does not answer; undefined when it does */
async function waitFor(
  child: ChildProcess,
  answers: () => Promise<boolean>,
  { url, timeoutMs }: Pick<StartServer, 'url' | 'timeoutMs'>,
): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs
  while (!(await answers())) {
    if (hasEnded(child)) return `the started server ended with ${child.exitCode ?? child.signalCode}`
    if (performance.now() >= deadline) return `the started server did not answer at ${url} in ${timeoutMs / 1_000} s`
    await sleep(POLL_MS)
  }
  return undefined
}

async function answersAt(url: string, dispatcher: Agent): Promise<boolean> {
  try {
    const { body } = await request(url, { method: 'GET', dispatcher, signal: AbortSignal.timeout(PROBE_MS) })
    body.on('error', () => undefined)
    body.destroy()
    return true
  } catch {
    return false
  }
}
