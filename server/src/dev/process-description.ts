import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A running process, told apart from a later one that was given the same number. */
export interface ProcessDescription {
  readonly pid: number
  /** Opaque; equal only for the same run of the same process. */
  readonly startedAt: string
  readonly command: string
}

/** Fields of /proc/<pid>/stat after the command in parentheses, which may itself hold blanks and parentheses. */
const STAT_STATE = 0
const STAT_START_TICKS = 19

/**
 * What runs under a process number.
 *
 * @returns undefined when nothing does (a zombie is nothing: it has ended and waits for its parent to notice)
 */
export async function describeProcess(pid: number): Promise<ProcessDescription | undefined> {
  return process.platform === 'linux' ? describeFromProc(pid) : describeFromPs(pid)
}

async function describeFromProc(pid: number): Promise<ProcessDescription | undefined> {
  try {
    const [stat, commandLine, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[STAT_STATE] === 'Z') return undefined
    const command = commandLine.split('\0').join(' ').trim()
    return { pid, startedAt: `${bootId.trim()}:${fields[STAT_START_TICKS]}`, command }
  } catch {
    return undefined
  }
}

/** Where there is no /proc (macOS): `ps` prints the state, five words of start time, and the command. */
export async function describeFromPs(pid: number): Promise<ProcessDescription | undefined> {
  try {
    const arguments_ = ['-o', 'stat=', '-o', 'lstart=', '-o', 'command=', '-p', String(pid)]
    const { stdout } = await promisify(execFile)('ps', arguments_, { env: { ...process.env, LC_ALL: 'C' } })
    const match = /^\s*(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/m.exec(stdout)
    if (match === null || match[1]?.startsWith('Z')) return undefined
    return { pid, startedAt: match[2] ?? '', command: match[3]?.trim() ?? '' }
  } catch {
    return undefined
  }
}

/** The same process still running? Compares the start as well, because numbers are given out again. */
export async function isStillRunning(known: { readonly pid: number; readonly startedAt: string }): Promise<boolean> {
  return (await describeProcess(known.pid))?.startedAt === known.startedAt
}
