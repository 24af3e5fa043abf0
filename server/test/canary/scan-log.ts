import { inspect } from 'node:util'
import type { Issued } from './issued.ts'
import { findSecret } from './patterns.ts'

/** One line as the server gives it to whatever writes the log. */
export interface LogLine {
  readonly level: string
  readonly message: string
  readonly detail: unknown
}

// An error has a cause, which has one, with a query and its values.
const DEPTH = 8

/** @returns each place of a log where something is that must not be, once for each kind of line */
export function scanLog(lines: readonly LogLine[], issued: Pick<Issued, 'find'>): readonly string[] {
  const leaks = lines.flatMap(({ level, message, detail }) => {
    const text = `${message} ${inspect(detail, { depth: DEPTH, showHidden: true, maxStringLength: null, breakLength: Number.POSITIVE_INFINITY })}`
    const what = findSecret(text, issued)
    // The message is a fixed text, unless it is what leaks.
    return what === undefined ? [] : [`a log line of level ${level} (${sayable(message, issued)}) holds ${what}`]
  })
  return [...new Set(leaks)]
}

function sayable(message: string, issued: Pick<Issued, 'find'>): string {
  return findSecret(message, issued) === undefined ? message : 'in its very message'
}

/** Lines that a process of its own has written. @returns as `scanLog` does */
export function scanOutput(program: string, output: string, issued: Pick<Issued, 'find'>): readonly string[] {
  const what = findSecret(output, issued)
  return what === undefined ? [] : [`what ${program} wrote holds ${what}`]
}
