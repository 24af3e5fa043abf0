import { appendFileSync } from 'node:fs'
import { createIssued } from './issued.ts'
import { scanDatabase } from './scan-database.ts'
import { type LogLine, scanLog } from './scan-log.ts'

/** Everything that was issued in this test file, by whatever server. */
export const issued = createIssued()

/** What looks came to. The sum of all is what the run says at its end. */
export interface Figures {
  readonly databases: number
  readonly rows: number
  readonly lines: number
  /** Secrets that were issued. */
  readonly values: number
  /** Refusals that the log tells of. */
  readonly refusals: number
  /** Those among them that were seen to change no table. */
  readonly harmless: number
}

/**
 * Looks through a database before it goes.
 * @param report file that the figures are added to
 * @returns each place where something is that must not be
 */
export async function searchDatabase(url: string, report: string): Promise<readonly string[]> {
  const { leaks, rows } = await scanDatabase(url, issued)
  noteFigures(report, { databases: 1, rows, values: issued.count() })
  return leaks
}

/** Looks through the log of a server. @returns as `searchDatabase` does */
export function searchLog(lines: readonly LogLine[], report: string): readonly string[] {
  noteFigures(report, { lines: lines.length })
  return scanLog(lines, issued)
}

/** @throws an error that names every place, and nothing of what lies there */
export function refuseLeaks(leaks: readonly string[]): void {
  if (leaks.length > 0) throw new Error(`Secrets leak: ${[...new Set(leaks)].join('; ')}.`)
}

/** @param report file that the figures are added to */
export function noteFigures(report: string, figures: Partial<Figures>): void {
  appendFileSync(report, `${JSON.stringify(figures)}\n`)
}
