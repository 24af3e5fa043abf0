import { appendFileSync } from 'node:fs'
import { createIssued } from './issued.ts'
import { scanDatabase } from './scan-database.ts'
import { type LogLine, scanLog } from './scan-log.ts'

/** Everything that was issued in this test file, by whatever server. */
export const issued = createIssued()

/** What one look came to. Sums of these are what the run says at its end. */
export interface ScanFigures {
  readonly databases: number
  readonly rows: number
  readonly lines: number
  readonly values: number
}

/**
 * Looks through a database before it goes.
 * @param report file that the figures are added to
 * @returns each place where something is that must not be
 */
export async function searchDatabase(url: string, report: string): Promise<readonly string[]> {
  const { leaks, rows } = await scanDatabase(url, issued)
  note(report, { databases: 1, rows, lines: 0, values: issued.count() })
  return leaks
}

/** Looks through the log of a server. @returns as `searchDatabase` does */
export function searchLog(lines: readonly LogLine[], report: string): readonly string[] {
  note(report, { databases: 0, rows: 0, lines: lines.length, values: 0 })
  return scanLog(lines, issued)
}

/** @throws an error that names every place, and nothing of what lies there */
export function refuseLeaks(leaks: readonly string[]): void {
  if (leaks.length > 0) throw new Error(`Secrets leak: ${[...new Set(leaks)].join('; ')}.`)
}

function note(report: string, figures: ScanFigures): void {
  appendFileSync(report, `${JSON.stringify(figures)}\n`)
}
