import type { z } from 'zod'
import { createFindings, type Findings, formatProblem, type SettingsPath, type Source } from '../config/problem.ts'
import { reportIssues } from '../config/schema-problems.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/**
 * Judges what flags say of one entry by the rules that the settings file follows.
 * @param schema schema of the entry in the settings file
 * @param value the entry as the flags give it
 * @param flagOf names the flag of each key
 * @param judge the rules beyond types; what it returns is used only when nothing was found
 * @throws CommandError with exit code 2 after all problems were printed
 */
export function judgeEntry<S extends z.ZodType, Judged>(
  terminal: Terminal,
  {
    schema,
    value,
    flagOf,
  }: {
    readonly schema: S
    readonly value: Readonly<Record<string, unknown>>
    readonly flagOf: Readonly<Record<string, string>>
  },
  judge: (entry: z.output<S>, findings: Findings) => Judged | undefined,
): Judged {
  const sourceOf = (path: SettingsPath): Source => {
    const flag = path.map((key) => flagOf[key]).find((name) => name !== undefined)
    return flag === undefined ? { kind: 'nowhere' } : { kind: 'flag', flag }
  }
  const findings = createFindings(sourceOf)
  const parsed = schema.safeParse(value)
  if (!parsed.success) reportIssues(schema, parsed.error.issues, { value, sourceOf, sourceOfKey: sourceOf }, findings)
  const judged = parsed.success ? judge(parsed.data, findings) : undefined
  for (const problem of findings.problems) {
    const inFlag = problem.source.kind === 'flag'
    terminal.alert('error', formatProblem(inFlag ? { ...problem, path: [] } : problem))
  }
  if (judged === undefined || findings.problems.length > 0) throw new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', '')
  return judged
}
