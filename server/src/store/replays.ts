import type { Database, Statement } from './database.ts'
import { hashId } from './id-hash.ts'
import type { Part } from './statement-builder.ts'

/** Something that may be presented once: here the id of a client assertion (RFC 7523 §3). */
export interface Presentation {
  readonly kind: 'client-assertion'
  /** Who says so and what it is called, in one string that no other presentation has. */
  readonly id: string
  /** Until nobody would take it any more, were it new. */
  readonly secondsLeft: number
}

/** Name of the part that has a row when nothing of the request was presented before. */
export const UNSEEN = 'unseen'

// A process whose clock is behind takes an assertion longer than the one that saw it first: what was seen is kept beyond its
// end by more than clocks of one deployment differ.
const CLOCK_MARGIN_SECONDS = 120

/**
 * Inserts what the request presents; of several requests with the same one, in whatever process, one finds it unseen. The
 * parts after it depend on `UNSEEN`.
 */
export function insertPresentations(presentations: readonly Presentation[]): readonly Part[] {
  const seen: Part = {
    name: 'seen',
    sql: (place) => {
      const rows = presentations.map(({ kind, id, secondsLeft }) => {
        return `(${place(hashId(`${kind} ${id}`))}::bytea, ${place(secondsLeft + CLOCK_MARGIN_SECONDS)}::float8)`
      })
      return `INSERT INTO replays (id_hash, expires_at)
        SELECT id_hash, now() + make_interval(secs => seconds) FROM (VALUES ${rows.join(', ')}) AS r (id_hash, seconds)
        ON CONFLICT (id_hash) DO NOTHING RETURNING id_hash`
    },
  }
  const all: Part = {
    name: UNSEEN,
    sql: (place) => `SELECT 1 AS unseen FROM seen HAVING count(*) = ${place(presentations.length)}::int`,
  }
  return [seen, all]
}

// Rows come one at a time and leave in heaps: one request in so many pays for it, and twice as many leave as came.
export const SWEEP_EVERY = 500
const SWEEP_ROWS = 1_000

const SWEEP: Statement = {
  name: 'replay sweep',
  text: `DELETE FROM replays WHERE id_hash IN (
    SELECT id_hash FROM replays WHERE expires_at < now() ORDER BY expires_at LIMIT ${SWEEP_ROWS})`,
}

/**
 * Removes what has ended, now and then. Call it once for each request that presented something.
 * @param failed told when the database did not do it; a later request tries again
 */
export function createReplaySweep(database: Database, failed: (error: unknown) => void): () => Promise<void> {
  let requests = 0
  return async () => {
    requests += 1
    if (requests % SWEEP_EVERY === 0) await database.write(SWEEP, []).catch(failed)
  }
}
