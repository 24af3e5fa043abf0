import { expect } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { runKept } from '../setup/kept-console.ts'

/** Servers on this machine are disturbed by nobody, and by no haste. */
const IN_HASTE = ['--rate', '1000', '--timeout', '30'] as const
/** The judgement of a sound server: nothing failed, nothing warned, nothing that could not run. */
const SOUND = /^\d+ passed, 0 failed, 0 warned, \d+ not applicable, 0 incomplete$/

/**
 * Examines one of ours as its user would, and expects not a word against it.
 * @param args of `server`, its URL first
 * @returns the verdict of every check by its id
 */
export async function expectSound(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<ReadonlyMap<string, string>> {
  const run = await runKept(['server', ...args, ...IN_HASTE, '--json', 'report.json'], { environment })
  expect(run.out.at(-1), [...run.err, ...run.out].join('\n')).toMatch(SOUND)
  expect(run.exitCode).toBe(0)
  const { checks } = JSON.parse(run.files.get('report.json') ?? '') as Report
  return new Map(checks.map(({ id, verdict }) => [id, verdict]))
}
