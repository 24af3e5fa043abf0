import pg from 'pg'
import { judgeForm, mayHoldPasswordHash } from './columns.ts'
import type { Issued } from './issued.ts'
import { findShape } from './patterns.ts'

/** What was looked at, and each place where something is that must not be: never what it is itself. */
export interface DatabaseScan {
  readonly leaks: readonly string[]
  readonly rows: number
}

interface Column {
  readonly table: string
  readonly column: string
  readonly binary: boolean
}

// Numbers, times and truth values have no room for a secret.
const COLUMNS = `SELECT table_name AS table, column_name AS column, data_type = 'bytea' AS binary
  FROM information_schema.columns WHERE table_schema = 'public'
   AND data_type !~ '^(smallint|integer|bigint|numeric|real|double precision|boolean|date|time|interval)'
  ORDER BY table_name, ordinal_position`

/** Reads every column of every table in which a secret could lie. */
export async function scanDatabase(url: string, issued: Pick<Issued, 'find'>): Promise<DatabaseScan> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: columns } = await client.query<Column>(COLUMNS)
    const leaks = new Set<string>()
    let count = 0
    for (const [table, its] of Map.groupBy(columns, ({ table }) => table)) {
      const wanted = its.map(({ column, binary }) => `"${column}"${binary ? '' : '::text'}`)
      const { rows } = await client.query<(Buffer | string | null)[]>({
        text: `SELECT ${wanted.join(', ')} FROM "${table}"`,
        rowMode: 'array',
      })
      count += rows.length
      for (const row of rows) {
        for (const [at, value] of row.entries()) {
          const name = `${table}.${its[at]?.column}`
          const found = value === null ? undefined : judgeValue(name, value, issued)
          if (found !== undefined) leaks.add(`column ${name} holds ${found}`)
        }
      }
    }
    return { leaks: [...leaks], rows: count }
  } finally {
    await client.end()
  }
}

function judgeValue(column: string, value: Buffer | string, issued: Pick<Issued, 'find'>): string | undefined {
  const texts = typeof value === 'string' ? [value] : [value.toString('hex'), value.toString('latin1')]
  for (const text of texts) {
    const what = issued.find(text)
    if (what !== undefined) return `what was issued as ${what}`
    const shape = mayHoldPasswordHash(column) ? undefined : findShape(text)
    if (shape !== undefined) return shape
  }
  return judgeForm(column, value)
}
