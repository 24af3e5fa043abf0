import type { Terminal } from './terminal.ts'

/** A list for people: named columns, and the sentence for when there is nothing. */
interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly empty: string
}

/** Prints one JSON object on one line. */
export function printJson(terminal: Terminal, value: object): void {
  terminal.write(`${JSON.stringify(value).replaceAll(UNPRINTABLE, escapeJson)}\n`)
}

/** Anyone may register a name; escape sequences and text that runs backwards must not reach an operator's terminal. */
const UNPRINTABLE = /\p{C}/gu

function escapeJson(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/** Prints a list: JSON when asked for or when no person reads stdout, else a table. */
export function printList(terminal: Terminal, json: boolean | undefined, value: object, table: Table): void {
  if (json ?? !terminal.stdoutIsTerminal) printJson(terminal, value)
  else if (table.rows.length === 0) terminal.log(table.empty)
  else printTable(terminal, table.columns, table.rows)
}

/** The day of a time as JSON has it: where a table tells when, the hour is of no use. */
export function dayOf(time: string): string {
  return time.slice(0, 'yyyy-mm-dd'.length)
}

/** Prints rows under named columns, for people. */
export function printTable(terminal: Terminal, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  terminal.write(formatTable(columns, rows))
}

/** Prints named values, one on each line. */
export function printFields(terminal: Terminal, fields: Readonly<Record<string, string>>): void {
  const width = Math.max(...Object.keys(fields).map((name) => name.length))
  for (const [name, value] of Object.entries(fields)) terminal.write(`${name.padEnd(width)}  ${value}\n`)
}

function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const printable = rows.map((row) => row.map((cell) => cell.replaceAll(UNPRINTABLE, '\ufffd')))
  const lines = [columns.map((column) => column.toUpperCase()), ...printable]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const format = (line: readonly string[]) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return lines.map((line) => `${format(line).trimEnd()}\n`).join('')
}
