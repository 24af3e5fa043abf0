import { link, readFile, rename, rm } from 'node:fs/promises'
import { z } from 'zod'
import { createExclusively } from './exclusive-file.ts'
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
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
    if (await createExclusively(recordPath, JSON.stringify(self))) {
      return { ok: true, release: () => rm(recordPath, { force: true }) }
    }
    const record = await readText(recordPath)
    const holder = await holderOf(record)
    if (holder !== undefined) return { ok: false, holder }
    await clearAway(recordPath, record)
  }
  throw new Error(`${recordPath} could not be claimed`)
}

/** The process that owns the folder and still runs, if there is one. */
export async function readHolder(recordPath: string): Promise<ProcessDescription | undefined> {
  return holderOf(await readText(recordPath))
}

async function holderOf(record: string | undefined): Promise<ProcessDescription | undefined> {
  if (record === undefined) return undefined
  const parsed = ownerRecord.safeParse(parseJson(record))
  return parsed.success && (await isStillRunning(parsed.data)) ? parsed.data : undefined
}

/** Moves the dead owner's record away; a living one that took its place meanwhile is put back. */
async function clearAway(recordPath: string, record: string | undefined): Promise<void> {
  const aside = `${recordPath}.${process.pid}`
  try {
    await rename(recordPath, aside)
    if ((await readText(aside)) !== record) await link(aside, recordPath)
  } catch {
    // Someone else was faster, which the next attempt sees.
  } finally {
    await rm(aside, { force: true })
  }
}

function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
