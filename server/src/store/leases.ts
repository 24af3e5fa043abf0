import type { Database, Statement } from './database.ts'
import type { Part } from './statement-builder.ts'

/** The right to do something that one process does at a time. */
export interface Lease {
  readonly name: string
  /** One more for each holder. */
  readonly fence: number
}

// Longer than any statement of the holder may take; a holder that died keeps others waiting no longer than this.
const HELD_SECONDS = 30

const ACQUIRE: Statement = {
  name: 'lease acquire',
  text: `INSERT INTO leases (name, holder, fence, held_until) VALUES ($1, $2, 1, now() + interval '${HELD_SECONDS} seconds')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = leases.fence + 1, held_until = excluded.held_until
      WHERE leases.held_until <= now()
        AND (leases.done_at IS NULL OR leases.done_at <= now() - make_interval(secs => $3::float8))
    RETURNING fence::int AS fence`,
}

/**
 * Takes the lease if nobody holds it.
 * @param request.holder who takes it, for whoever looks at the table
 * @param request.notWithinSeconds not if the work was done in that time; 0 asks for nothing of the kind
 */
export async function acquireLease(
  database: Database,
  request: { name: string; holder: string; notWithinSeconds: number },
): Promise<Lease | undefined> {
  const { name, holder, notWithinSeconds } = request
  const [row] = await database.write<{ fence: number }>(ACQUIRE, [name, holder, notWithinSeconds])
  return row && { name, fence: row.fence }
}

/** Name of the part that has a row while the lease is ours. */
export const LEASE_HELD = 'lease_held'

/**
 * Holds the lease for this statement and on; no row when another process took it meanwhile. What the statement does hangs
 * on it: a holder that slept through its time wakes up and does nothing.
 */
export function holdLease({ name, fence }: Lease): Part {
  return {
    name: LEASE_HELD,
    sql: (place) => `UPDATE leases SET held_until = now() + interval '${HELD_SECONDS} seconds'
      WHERE name = ${place(name)}::text AND fence = ${place(fence)}::bigint RETURNING 1 AS held`,
  }
}

const RELEASE: Statement = {
  name: 'lease release',
  text: `UPDATE leases SET held_until = now(), done_at = CASE WHEN $3::boolean THEN now() ELSE done_at END
    WHERE name = $1 AND fence = $2`,
}

/** Gives the lease back. @param done whether the work was brought to its end */
export async function releaseLease(database: Database, { name, fence }: Lease, done: boolean): Promise<void> {
  await database.write(RELEASE, [name, fence, done])
}
