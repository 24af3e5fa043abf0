import type { Command } from 'commander'
import { diffReports, renderDiff } from '../report/diff.ts'
import { NotAReportError, readReport } from '../report/read-report.ts'
import type { Report } from '../report/report.ts'
import type { Console } from './console.ts'
import { EXIT } from './exit-code.ts'
import { UsageError } from './usage-error.ts'

/** Adds `diff` to the program: two reports, and 1 when anything got worse. */
export function addDiffVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  program
    .command('diff')
    .description('compare two JSON reports; ends with 1 when a check got worse')
    .argument('<old.json>')
    .argument('<new.json>')
    .action(async (before: string, after: string) => {
      const diff = diffReports(await load(before, console), await load(after, console))
      console.out(renderDiff(diff).trimEnd())
      finish(diff.worse.length > 0 ? EXIT.failed : EXIT.passed)
    })
}

async function load(path: string, console: Console): Promise<Report> {
  try {
    return readReport(await console.readFile(path))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(error instanceof NotAReportError ? `${path}: ${reason}` : `${path} cannot be read: ${reason}`)
  }
}
