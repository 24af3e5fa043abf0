import { createHash } from 'node:crypto'
import type { TargetReport } from '../../report/many.ts'
import { readTarget } from '../../report/read-many.ts'
import { NotAReportError } from '../../report/read-report.ts'
import type { Console } from '../console.ts'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'
import type { Target } from './target.ts'

/** What an earlier run with the same file has finished. */
export interface ResumeFile {
  /** The report of a target that is asked for as it was then, by the same version of the examiner. */
  finished(target: Target): TargetReport | undefined
  /** Remembers a target at once, so that an interruption costs no more than what was under way. */
  keep(target: Target, report: TargetReport): Promise<void>
}

interface KeptTarget {
  readonly asked: string
  readonly report: TargetReport
}

/** @throws UsageError for a file that is there and is something else */
export async function openResumeFile(path: string, console: Console): Promise<ResumeFile> {
  const kept = await load(path, console)
  let writing: Promise<void> = Promise.resolve()
  return {
    finished(target) {
      const known = kept.get(target.name)
      return known?.asked === digestOf(target) ? known.report : undefined
    },
    keep(target, report) {
      kept.set(target.name, { asked: digestOf(target), report })
      const text = `${JSON.stringify({ examiner: VERSION, finished: Object.fromEntries(kept) })}\n`
      // One after the other: two writers of one file would lose what the first has written.
      writing = writing
        .then(() => console.replaceFile(path, text))
        // What was found is worth more than the file: the run goes on.
        .catch((error: unknown) => console.err(`--resume ${path} cannot be written: ${messageOf(error)}`))
      return writing
    },
  }
}

/** The version is a part: another one may judge otherwise. */
function digestOf({ asked }: Target): string {
  const members = Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([VERSION, members]))
    .digest('hex')
}

async function load(path: string, console: Console): Promise<Map<string, KeptTarget>> {
  const text = await readIfThere(path, console)
  if (text === undefined) return new Map()
  try {
    const { finished } = JSON.parse(text)
    const entries = Object.entries(finished as Record<string, KeptTarget>)
    return new Map(
      entries.map(([name, { asked, report }]) => [name, { asked: String(asked), report: readTarget(report) }]),
    )
  } catch (error) {
    if (!(error instanceof NotAReportError || error instanceof SyntaxError || error instanceof TypeError)) throw error
    throw new UsageError(`--resume ${path}: this is no file of an earlier run; name another, or take it away`)
  }
}

async function readIfThere(path: string, { readFile }: Console): Promise<string | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new UsageError(`--resume ${path} cannot be read: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
