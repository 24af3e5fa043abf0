import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** Between the polite signal and the other one. */
const GRACE_MS = 2_000

/** Whether a process leads a group of its own, so that what it started can be ended with it: an option of `spawn`. */
export const IN_A_GROUP: boolean = process.platform !== 'win32'

/** Ends a process and everything it started. */
export async function endGroup(child: ChildProcess): Promise<void> {
  const closed = hasEnded(child) ? Promise.resolve() : once(child, 'exit')
  signalGroup(child, 'SIGTERM')
  const ended = await Promise.race([closed.then(() => true), sleep(GRACE_MS, false, { ref: false })])
  // Also when the shell has gone: what it started may have stayed.
  signalGroup(child, 'SIGKILL')
  if (!ended) await closed
  child.stdout?.destroy()
  child.stderr?.destroy()
}

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

export function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    // Windows has no groups, and a program of its own that ends a tree.
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'])
    else process.kill(-child.pid, signal)
  } catch {
    // Nobody of the group is left.
  }
}
