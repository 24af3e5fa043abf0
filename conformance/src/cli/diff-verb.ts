import type { Command } from 'commander'
import { diffReports, renderDiff } from '../report/diff.ts'
import { diffMany, isWorse, renderDiffOfMany } from '../report/diff-many.ts'
import { type ReadReport, readAnyReport } from '../report/read-many.ts'
import { NotAReportError } from '../report/read-report.ts'
import type { Console } from './console.ts'
import { EXIT } from './exit-code.ts'
import { UsageError } from './usage-error.ts'

/** Adds `diff` to the program: two reports, and 1 when anything got worse. */
export function addDiffVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  program
    .command('diff')
    .description('compare two JSON reports, both of one target or both of many; ends with 1 when a check got worse')
    .argument('<old.json>')
    .argument('<new.json>')
    .action(async (before: string, after: string) => {
      const { text, worse } = compare(await load(before, console), await load(after, console))
      console.out(text.trimEnd())
      finish(worse ? EXIT.failed : EXIT.passed)
    })
}

function compare(before: ReadReport, after: ReadReport): { readonly text: string; readonly worse: boolean } {
  if (before.kind === 'one' && after.kind === 'one') {
    const diff = diffReports(before.report, after.report)
    return { text: renderDiff(diff), worse: diff.worse.length > 0 }
  }
  if (before.kind === 'many' && after.kind === 'many') {
    const changes = diffMany(before.report, after.report)
    return { text: renderDiffOfMany(changes), worse: isWorse(changes) }
  }
  throw new UsageError('one report is of one target and the other of many: compare like with like')
}

async function load(path: string, console: Console): Promise<ReadReport> {
  try {
    return readAnyReport(await console.readFile(path))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(error instanceof NotAReportError ? `${path}: ${reason}` : `${path} cannot be read: ${reason}`)
  }
}
