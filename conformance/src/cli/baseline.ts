import { parse } from 'yaml'
import type { CheckReport } from '../report/report.ts'
import type { Console } from './console.ts'
import { UsageError } from './usage-error.ts'

/** Known failures: id of the check to the reason why it is accepted. */
export type Baseline = ReadonlyMap<string, string>

/**
 * Reads a baseline: `expected:` with one line a check, its id and the reason. YAML or JSON.
 * @param checkIds every id there is
 * @throws UsageError for another shape, an entry without reason, or an id that is no check's
 */
export function readBaseline(text: string, checkIds: ReadonlySet<string>): Baseline {
  const document: unknown = parseYaml(text)
  const expected = isObject(document) ? document.expected : undefined
  if (!isObject(expected)) throw new UsageError('a baseline is a file with `expected:` and lines of `check-id: reason`')
  return new Map(
    Object.entries(expected).map(([id, reason]) => {
      if (!checkIds.has(id)) throw new UsageError(`the baseline names ${id}, which is no check`)
      if (typeof reason !== 'string' || reason.trim() === '')
        throw new UsageError(`the baseline gives no reason for ${id}`)
      return [id, reason]
    }),
  )
}

/** @throws UsageError for a file that cannot be read */
export async function loadBaseline(
  path: string | undefined,
  checkIds: ReadonlySet<string>,
  { readFile }: Pick<Console, 'readFile'>,
): Promise<Baseline> {
  if (path === undefined) return new Map()
  try {
    return readBaseline(await readFile(path), checkIds)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `the baseline ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** A run in the light of its baseline. */
export interface Judged {
  /** Results that no entry excuses. */
  readonly open: readonly CheckReport[]
  /** Ids of entries whose check ran and no longer fails: they must go, or they would hide the next failure. */
  readonly stale: readonly string[]
}

/** @param isFailing what counts as a failure in this run */
export function applyBaseline(
  results: readonly CheckReport[],
  baseline: Baseline,
  isFailing: (result: CheckReport) => boolean,
): Judged {
  const excused = results.filter((result) => baseline.has(result.id) && isFailing(result))
  const open = results.filter((result) => !excused.includes(result))
  // What could not run proves nothing about its entry.
  const stale = open.filter(({ id, verdict }) => baseline.has(id) && verdict !== 'incomplete').map(({ id }) => id)
  return { open, stale }
}

function parseYaml(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new UsageError(`the baseline cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
