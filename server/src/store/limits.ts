import type { Database } from './database.ts'
import { combine, type Part, type Place } from './statement-builder.ts'

/** How much may be taken: so many at once, and one more each time that many seconds have passed. */
export interface Allowance {
  readonly burst: number
  readonly secondsEach: number
}

/** What one somebody may take of one thing. */
export interface Bucket {
  /** Its name in the database: a keyed digest, because who it is for may be a person. */
  readonly key: Buffer
  readonly allows: Allowance
  /** While the watched bucket of the same request is full, this one holds one. */
  readonly tight?: boolean
}

/** What is taken together, or not at all. */
export interface Taking {
  readonly buckets: readonly Bucket[]
  /** Takes part in counting, and refuses nobody: full, it makes the tight ones hold one. */
  readonly watched?: Bucket
}

export type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number }

/** Counters that all processes share, and whose number is exact. */
export interface Limits {
  /** Takes one out of each bucket, if all have room. */
  take(taking: Taking): Promise<Taken>
  /** Undoes one `take`. @param emptied of the buckets: in these nothing counts any more */
  giveBack(taking: Taking, emptied: readonly Bucket[]): Promise<void>
}

/** Name of the part that has a row for each bucket when all had room. */
export const ROOM = 'room'

const insertInto = (from: string): string => `INSERT INTO limits AS l (key_hash, clear_at, slack_seconds) ${from}
  ON CONFLICT (key_hash) DO UPDATE SET slack_seconds = excluded.slack_seconds,
    clear_at = greatest(l.clear_at, now()) + (excluded.clear_at - now())
  WHERE l.clear_at <= now() + make_interval(secs => excluded.slack_seconds) RETURNING key_hash`

const slackOf = ({ burst, secondsEach }: Allowance): number => (burst - 1) * secondsEach

/**
 * The parts that take one out of each bucket. A bucket is one time: that at which all that was taken out of it counts no
 * more. Each row decides by itself, when it is locked, whether it has room, so that the number is exact however many ask at
 * once; what is seen before keeps a refusal by one from taking out of the others.
 * @param options.unless name of an earlier part: with a row of it nothing is taken
 */
export function takeRoom({ buckets, watched }: Taking, options: { unless?: string } = {}): readonly Part[] {
  const { unless } = options
  const crowded: Part = {
    name: 'crowded',
    sql: (place) =>
      watched === undefined
        ? 'SELECT 1 WHERE false'
        : `SELECT 1 FROM limits WHERE key_hash = ${place(watched.key)}::bytea
             AND clear_at > now() + make_interval(secs => ${place(slackOf(watched.allows))}::float8)`,
  }
  const asked: Part = {
    name: 'asked',
    sql: (place) => `SELECT key_hash, seconds_each,
        CASE WHEN tight AND EXISTS (SELECT 1 FROM crowded) THEN 0 ELSE slack_seconds END AS slack_seconds
      FROM (VALUES ${buckets.map((bucket) => valuesOf(bucket, place)).join(', ')})
        AS a (key_hash, seconds_each, slack_seconds, tight)
        ${unless === undefined ? '' : `WHERE NOT EXISTS (SELECT 1 FROM ${unless})`}`,
  }
  const waiting: Part = {
    name: 'waiting',
    sql: () => `SELECT max(extract(epoch FROM l.clear_at - now()) - a.slack_seconds)::float8 AS seconds
      FROM asked a JOIN limits l ON l.key_hash = a.key_hash`,
  }
  const room: Part = {
    name: ROOM,
    // In one order everywhere, so that two requests never wait for each other.
    sql: () =>
      insertInto(`SELECT key_hash, now() + make_interval(secs => seconds_each), slack_seconds FROM asked
        WHERE NOT EXISTS (SELECT 1 FROM waiting WHERE seconds > 0) ORDER BY key_hash`),
  }
  const parts = [crowded, asked, waiting, room]
  return watched === undefined ? parts : [...parts, noteWatched(watched, buckets.length)]
}

function noteWatched({ key, allows }: Bucket, needed: number): Part {
  return {
    name: 'noted',
    sql: (place) =>
      insertInto(`SELECT ${place(key)}::bytea, now() + make_interval(secs => ${place(allows.secondsEach)}::float8),
          ${place(slackOf(allows))}::float8 FROM ${ROOM} HAVING count(*) = ${place(needed)}::int`),
  }
}

function valuesOf({ key, allows, tight = false }: Bucket, place: Place): string {
  const [each, slack] = [place(allows.secondsEach), place(slackOf(allows))]
  return `(${place(key)}::bytea, ${each}::float8, ${slack}::float8, ${place(tight)}::boolean)`
}

/** Row of the last expression of a statement with `takeRoom`. */
export interface RoomRow {
  [column: string]: unknown
  taken: number
  seconds: number | null
}

export const ROOM_COLUMNS = `(SELECT count(*)::int FROM ${ROOM}) AS taken, (SELECT seconds FROM waiting) AS seconds`

/** What `takeRoom` came to. @param needed how many buckets there were */
export function takenOf(row: RoomRow | undefined, needed: number): Taken {
  if (row?.taken === needed) return { ok: true }
  // Whoever lost to another request at the last moment saw no wait.
  return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(row?.seconds ?? 1)) }
}

export function createLimits(database: Database): Limits {
  return {
    async take(taking) {
      const { statement, values } = combine(takeRoom(taking), `SELECT ${ROOM_COLUMNS}`)
      const [row] = await database.write<RoomRow>(statement, values)
      return takenOf(row, taking.buckets.length)
    },
    async giveBack(taking, emptied) {
      const { statement, values } = combine(returning(taking, emptied), 'SELECT count(*) FROM returned')
      await database.write(statement, values)
    },
  }
}

function returning({ buckets, watched }: Taking, emptied: readonly Bucket[]): readonly Part[] {
  const all = [...buckets, ...(watched === undefined ? [] : [watched])]
  const held: Part = {
    name: 'held',
    // The watched one last, as it is taken.
    sql: (place) => `SELECT l.key_hash, b.seconds_each, b.emptied FROM limits l JOIN (VALUES ${all
      .map((bucket) => {
        const rank = bucket === watched ? 1 : 0
        const [key, each] = [place(bucket.key), place(bucket.allows.secondsEach)]
        return `(${key}::bytea, ${each}::float8, ${place(emptied.includes(bucket))}::boolean, ${place(rank)}::int)`
      })
      .join(', ')}) AS b (key_hash, seconds_each, emptied, rank) ON b.key_hash = l.key_hash
      ORDER BY b.rank, l.key_hash FOR UPDATE OF l`,
  }
  const returned: Part = {
    name: 'returned',
    sql: () => `UPDATE limits SET clear_at = CASE WHEN held.emptied THEN now()
        ELSE limits.clear_at - make_interval(secs => held.seconds_each) END
      FROM held WHERE limits.key_hash = held.key_hash RETURNING limits.key_hash`,
  }
  return [held, returned]
}
