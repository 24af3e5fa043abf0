import { keyIdOfSealed, type Sealer, type SealingContext } from './sealing.ts'

/** A sealed value at rest, with all that it is bound to. */
export interface SealedRow {
  readonly context: SealingContext
  readonly sealed: Buffer
}

/** Tables that hold sealed values. */
export interface SealedTables {
  /** Sealed rows of every table, some at a time. */
  pages(): AsyncIterable<readonly SealedRow[]>
  /** Puts another sealed value in its place, if the one that was read is still there. */
  replace(row: SealedRow, sealed: Buffer): Promise<boolean>
}

/** How many values of a table lie under which encryption key. */
export type SealedCounts = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Name of what was not sealed by this server. */
export const UNKNOWN_KEY = 'unknown'

/** Counts sealed values by key id and table. Opens nothing. */
export async function countSealed(tables: Pick<SealedTables, 'pages'>): Promise<SealedCounts> {
  const counts = new Map<string, Map<string, number>>()
  for await (const page of tables.pages()) {
    for (const { context, sealed } of page) {
      const keyId = keyIdOfSealed(sealed) ?? UNKNOWN_KEY
      const byTable = counts.get(keyId) ?? new Map<string, number>()
      counts.set(keyId, byTable.set(context.table, (byTable.get(context.table) ?? 0) + 1))
    }
  }
  return counts
}

export interface Rewrapped {
  /** Values that were sealed anew. */
  readonly rewrapped: number
  /** Values that lay under the first key already. */
  readonly current: number
  /** Somebody else changed or removed them meanwhile. */
  readonly changed: number
  /** Rows, as `table row`, that do not open with any configured key. They were left as they are. */
  readonly closed: readonly string[]
}

/**
 * Seals everything at rest anew with the first key, one row at a time, each whole by itself: what was done before an
 * interruption stays done, and the rest is found by the next run.
 * @param progress told after each page
 */
export async function rewrap(
  tables: SealedTables,
  sealer: Sealer,
  progress: (rewrapped: number) => void,
): Promise<Rewrapped> {
  let [rewrapped, current, changed] = [0, 0, 0]
  const closed: string[] = []
  for await (const page of tables.pages()) {
    for (const row of page) {
      const opened = sealer.open(row.context, row.sealed)
      if (opened === undefined) closed.push(`${row.context.table} ${row.context.rowId}`)
      else if (keyIdOfSealed(row.sealed) === sealer.keyId) current += 1
      else if (await tables.replace(row, sealer.seal(row.context, opened))) rewrapped += 1
      else changed += 1
    }
    progress(rewrapped)
  }
  return { rewrapped, current, changed, closed }
}
