import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { describeProcess, isStillRunning, type ProcessDescription } from './process-description.ts'

/** Result of a claim: the folder is ours until `release`, or the process that has it. */
export type Claim =
  | { readonly ok: true; release(): Promise<void> }
  | { readonly ok: false; readonly holder: ProcessDescription }

const ownerRecord = z.object({ pid: z.int(), startedAt: z.string(), command: z.string() })

/** A record that nobody can read is cleared once; a second failure means someone else was faster. */
const CLAIM_ATTEMPTS = 5

/**
 * Makes this process the one owner of a folder. A record left by a process that has ended is replaced.
 *
 * @param recordPath the file that names the owner
 */
export async function claimFolder(recordPath: string): Promise<Claim> {
  const self = await describeProcess(process.pid)
  if (self === undefined) throw new Error('this process cannot be described: neither /proc nor ps answered')
  const draft = `${recordPath}.${process.pid}`
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
    await writeFile(draft, JSON.stringify(self), { mode: 0o600 })
    try {
      // A link fails when the name is taken and appears with its content: no other process sees half a record.
      await link(draft, recordPath)
      return { ok: true, release: () => rm(recordPath, { force: true }) }
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
      const holder = await readHolder(recordPath)
      if (holder !== undefined) return { ok: false, holder }
      // Moved, not removed: of two processes that both saw a dead owner only one moves this record away.
      await rename(recordPath, `${draft}.stale`).catch(() => undefined)
    } finally {
      await rm(draft, { force: true })
      await rm(`${draft}.stale`, { force: true })
    }
  }
  throw new Error(`${recordPath} could not be claimed`)
}

/** The process that owns the folder and still runs, if there is one. */
export async function readHolder(recordPath: string): Promise<ProcessDescription | undefined> {
  const text = await readFile(recordPath, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (text === undefined) return undefined
  const parsed = ownerRecord.safeParse(parseJson(text))
  return parsed.success && (await isStillRunning(parsed.data)) ? parsed.data : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
