import type { Database } from './database.ts'
import { acquireLease, holdLease, LEASE_HELD, type Lease, releaseLease } from './leases.ts'
import { RETENTIONS, type Retention } from './retention.ts'
import { combine, type Part } from './statement-builder.ts'

/** Rows by table. */
export type RowCounts = Readonly<Record<string, number>>

export type CleanUp =
  | { readonly ok: true; readonly removed: RowCounts }
  /** Another process is at it, or has just been. */
  | { readonly ok: false; readonly reason: 'not-now' }
  /** It was asked to stop, or was so slow that another process took over. */
  | { readonly ok: false; readonly reason: 'stopped' | 'taken-over'; readonly removed: RowCounts }

export interface CleanUpOptions {
  /** Who does it, for whoever looks at the lease. */
  readonly holder: string
  /** Not if it was done within this time, by whomever. */
  readonly notWithinSeconds: number
  /** Told after each statement that removed something. */
  readonly progress?: (table: string, removed: number) => void
  readonly signal?: AbortSignal
}

const LEASE = 'housekeeping'

/** Removes what nobody needs any more, in small statements, each of which hangs on the lease. */
export async function cleanUp(database: Database, options: CleanUpOptions): Promise<CleanUp> {
  const { holder, notWithinSeconds, signal } = options
  const lease = await acquireLease(database, { name: LEASE, holder, notWithinSeconds })
  if (lease === undefined) return { ok: false, reason: 'not-now' }
  const removed: Record<string, number> = {}
  for (const retention of RETENTIONS) {
    for (let isMore = true; isMore; ) {
      if (signal?.aborted) {
        await releaseLease(database, lease, false)
        return { ok: false, reason: 'stopped', removed }
      }
      const batch = await removeSome(database, lease, retention)
      if (!batch.held) return { ok: false, reason: 'taken-over', removed }
      removed[retention.table] = (removed[retention.table] ?? 0) + batch.removed
      if (batch.removed > 0) options.progress?.(retention.table, batch.removed)
      isMore = batch.removed === retention.atOnce
    }
  }
  await releaseLease(database, lease, true)
  return { ok: true, removed }
}

/** Counts what `cleanUp` would remove now. Codes and documents' versions that go along are not counted. */
export async function countRemovable(database: Database): Promise<RowCounts> {
  const counts: Record<string, number> = {}
  for (const { table, over } of RETENTIONS) {
    const text = `SELECT count(*)::int AS number FROM ${table} t WHERE ${over}`
    const [row] = await database.read<{ number: number }>({ name: `removable ${table}`, text }, [])
    counts[table] = row?.number ?? 0
  }
  return counts
}

/**
 * Rows that a request holds at that moment are skipped and found by the next pass: nobody waits for housekeeping, and it
 * waits for nobody.
 */
async function removeSome(database: Database, lease: Lease, retention: Retention) {
  const { table, key, over, atOnce, along } = retention
  const columns = key.join(', ')
  const picked: Part = {
    name: 'picked',
    sql: (place) => `SELECT ${key.map((column) => `t.${column}`).join(', ')} FROM ${table} t
      WHERE ${over} AND EXISTS (SELECT 1 FROM ${LEASE_HELD}) LIMIT ${place(atOnce)}::int FOR UPDATE OF t SKIP LOCKED`,
  }
  const gone: Part = {
    name: 'gone',
    sql: () =>
      `DELETE FROM ${table} t WHERE (${columns}) IN (SELECT ${columns} FROM picked) AND ${over} RETURNING ${columns}`,
  }
  const { statement, values } = combine(
    [holdLease(lease), picked, gone, ...(along === undefined ? [] : [along])],
    `SELECT EXISTS (SELECT 1 FROM ${LEASE_HELD}) AS held, (SELECT count(*)::int FROM gone) AS removed`,
  )
  const [row] = await database.write<{ held: boolean; removed: number }>(statement, values)
  return { held: row?.held === true, removed: row?.removed ?? 0 }
}
