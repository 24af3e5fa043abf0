import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

/** `sallyport dev` as a process of its own, the way npm starts it. */
export interface DevProcess {
  readonly pid: number
  /** All of stdout so far. */
  stdout(): string
  /** All of stderr so far. */
  stderr(): string
  /** Resolves when every part answers; rejects when the process ends before. */
  ready(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** The exit code, when it has ended. */
  ended(): Promise<number | null>
}

const PROGRAM = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url))
const READY_POLL_MS = 100

/** Starts it with nothing of our own environment but the PATH. */
export function startDevProcess(environment: Readonly<Record<string, string>>): DevProcess {
  const child = spawn(process.execPath, ['--conditions=@sallyport/source', PROGRAM, 'dev'], {
    cwd: environment.SALLYPORT_DATA_DIR,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const exit = once(child, 'close').then(() => child.exitCode)
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exit
  })
  const isReady = () =>
    fetch(`http://127.0.0.1:${environment.SALLYPORT_MANAGEMENT_PORT}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    )
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    async ready() {
      while (!(await isReady())) {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${stderr}`)
        await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS))
      }
    },
    signal: (name) => void child.kill(name),
    ended: () => exit,
  }
}

/** Command lines of the running processes that name the folder: what a start left behind there. */
export async function processesOf(folder: string): Promise<readonly string[]> {
  const lines = process.platform === 'linux' ? await commandLinesFromProc() : await commandLinesFromPs()
  return lines.filter((line) => line.includes(folder))
}

async function commandLinesFromProc(): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.map((line) => line.split('\0').join(' '))
}

async function commandLinesFromPs(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'command='])
  return stdout.split('\n')
}
