import pg from 'pg'
import { NOBODY_COUNTS, type StoreObserver } from './observer.ts'
import { OverloadError } from './overload.ts'

/** A statement prepared once per connection; the text under one name never changes. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Counts since the process started; the tests hold requests to a number of these. */
export interface DatabaseCounts {
  roundTrips: number
  commits: number
}

/** How the pool of connections is used at this moment. */
export interface PoolUse {
  readonly inUse: number
  readonly idle: number
  /** Statements that wait for a connection. */
  readonly waiting: number
  /** Most connections this process opens. */
  readonly max: number
}

/** The hot path to PostgreSQL: single prepared statements, each its own transaction. */
export interface Database {
  /** Runs a statement that changes nothing. */
  read<Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]>
  /** Runs one statement that changes rows; it commits by itself. Repeated when the database asks for it. */
  write<Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]>
  readonly counts: Readonly<DatabaseCounts>
  /** Asks nobody. */
  pool(): PoolUse
  readonly observer: StoreObserver
  close(): Promise<void>
}

// Serialization failure and deadlock: the statement did nothing and asks to be sent again. Normal on distributed engines.
const RETRYABLE = new Set(['40001', '40P01'])
// Three tries end a contest of two; more would hide a livelock.
const WRITE_TRIES = 3
// A request waits for a connection, one of the pool's or a new one, no longer than a client waits for an answer.
const CONNECT_TIMEOUT_MS = 5_000
// A statement of ours waits for another's row for milliseconds; what takes longer is somebody's forgotten transaction.
const LOCK_TIMEOUT_MS = 3_000
// No statement of ours takes a second on a healthy database. The database itself gives up: nothing of it is committed.
const STATEMENT_TIMEOUT_MS = 5_000
// We give up later than the database, so that what was answered with 503 is not committed afterwards. Only where nothing
// comes back any more do we not know, and close the connection.
const ANSWER_TIMEOUT_MS = 8_000
// Long enough for the next burst, short enough that a database that moved is not asked at its old place.
const IDLE_TIMEOUT_MS = 30_000
// Of a healthy database, twenty statements take a connection a tenth of a second; past that it is not healthy, and whoever
// joins the queue waits for its end.
export const WAITING_FOR_EACH_CONNECTION = 20
// Firewalls forget connections on which nothing happens, often after some minutes, and tell nobody.
const KEEP_ALIVE_AFTER_MS = 10_000

/**
 * Opens a pool. No connection is made until the first statement.
 * @param options.log told about connections lost while idle, which must not end the process
 */
export function openDatabase(options: {
  databaseUrl: string
  poolSize: number
  log?: (message: string) => void
  observer?: StoreObserver
}): Database {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    application_name: 'sallyport',
  })
  pool.on('error', (error) => options.log?.(`idle database connection lost: ${error.message}`))
  const counts: DatabaseCounts = { roundTrips: 0, commits: 0 }
  const send = async <Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]) => {
    if (pool.waitingCount >= options.poolSize * WAITING_FOR_EACH_CONNECTION) throw new OverloadError('database')
    counts.roundTrips += 1
    const result = await pool.query<Row>({ name: statement.name, text: statement.text, values: [...values] })
    return result.rows
  }
  return {
    counts,
    observer: options.observer ?? NOBODY_COUNTS,
    pool: () => ({
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: options.poolSize,
    }),
    read: send,
    async write(statement, values) {
      counts.commits += 1
      return withRetry(() => send(statement, values))
    },
    close: () => pool.end(),
  }
}

/** Repeats `work` when the database reports that it did nothing because of another transaction. */
export async function withRetry<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= WRITE_TRIES || !isRetryable(error)) throw error
    }
  }
}

function isRetryable(error: unknown): boolean {
  return sqlState(error) !== undefined && RETRYABLE.has(sqlState(error) ?? '')
}

/** The SQLSTATE of a PostgreSQL error, or undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** SQLSTATE 23505: another row has this key. */
export const UNIQUE_VIOLATION = '23505'
