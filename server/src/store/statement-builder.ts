import { createHash } from 'node:crypto'
import type { Statement } from './database.ts'

/** Turns a value into its numbered place (`$3`) in the statement. */
export type Place = (value: unknown) => string

/** One common table expression of a combined statement. */
export interface Part {
  /** Name of the expression; later parts may read from it. */
  readonly name: string
  readonly sql: (place: Place) => string
}

/**
 * Joins parts into one statement: one round trip, one commit, all or nothing. Values travel as parameters, so that the
 * few shapes a process meets are prepared once each; the prepared name is a digest of the text.
 * @param result the final SELECT over the parts
 */
export function combine(parts: readonly Part[], result: string): { statement: Statement; values: unknown[] } {
  const values: unknown[] = []
  const place: Place = (value) => `$${values.push(value)}`
  const expressions = parts.map((part) => `${part.name} AS (${part.sql(place)})`)
  const text = `WITH ${expressions.join(',\n')}\n${result}`
  return { statement: { name: createHash('sha256').update(text).digest('base64url').slice(0, 22), text }, values }
}
