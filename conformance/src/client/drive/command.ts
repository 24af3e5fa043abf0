import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { endGroup, IN_A_GROUP, signalGroup } from '../../start/process-group.ts'
import { type Drive, type Driven, type Driver, NotStartedError } from './drive.ts'

/** Of what the client said: enough for a stack trace. */
const LAST_WORDS = 4_000

export interface ClientCommand {
  /** The command and its arguments; no shell reads them. */
  readonly words: readonly string[]
  /** What it is told beside what every client is told. */
  readonly env: Readonly<Record<string, string>>
  /** Is told how to end the process at once, and gives back what forgets it. */
  readonly onStart?: (kill: () => void) => () => void
}

/** Runs a client by its command: the URL takes the place of `{url}`, or else comes last, as the official suite has it. */
export function createCommandDriver({ words, env, onStart }: ClientCommand): Driver {
  return async (drive) => {
    const [program = '', ...args] = argumentsFor(words, drive)
    const child = spawn(program, args, {
      detached: IN_A_GROUP,
      // Programs of npm are batch files there, which nothing but the shell runs.
      shell: process.platform === 'win32',
      env: { ...process.env, ...drive.env, ...filled(env, drive) },
      // Open and silent: a proxy over stdio would take its end for the end of its client.
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const forget = onStart?.(() => signalGroup(child, 'SIGKILL'))
    try {
      return await watch(child, program, drive.signal)
    } finally {
      forget?.()
    }
  }
}

export function argumentsFor(words: readonly string[], facts: Pick<Drive, 'url' | 'folder'>): readonly string[] {
  const hasPlace = words.some((word) => word.includes('{url}'))
  return [...words.map((word) => fill(word, facts)), ...(hasPlace ? [] : [facts.url])]
}

function filled(env: Readonly<Record<string, string>>, facts: Pick<Drive, 'url' | 'folder'>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value, facts)]))
}

function fill(text: string, { url, folder }: Pick<Drive, 'url' | 'folder'>): string {
  return text.replaceAll('{url}', url).replaceAll('{folder}', folder)
}

async function watch(child: ChildProcess, program: string, signal: AbortSignal): Promise<Driven> {
  let output = ''
  const listen = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-LAST_WORDS)
  }
  child.stdout?.on('data', listen)
  child.stderr?.on('data', listen)
  // Nothing is written, and a client that has gone is no error of ours.
  child.stdin?.on('error', () => undefined)
  try {
    await Promise.race([once(child, 'close'), aborted(signal)])
  } catch (error) {
    throw new NotStartedError(`${program} cannot be started: ${error instanceof Error ? error.message : String(error)}`)
  }
  await endGroup(child)
  return { exitCode: child.exitCode, output }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
