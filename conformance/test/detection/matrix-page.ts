import type { PageRow } from './matrix.ts'

/** What a page of a matrix is about. */
export interface MatrixPage {
  /** How the runs were made, and how the page is written anew. */
  readonly introduction: string
  /** `server`, `client` */
  readonly subject: string
  /** Where the reasons of those stand that are not sound, in a sentence. */
  readonly reasons?: string
  readonly whole: readonly PageRow[]
  readonly broken: readonly PageRow[]
  /** The ids of all checks there are. */
  readonly checks: Iterable<string>
}

/** Which check finds which fault, as a page: faults with what finds them, then checks with the faults that prove them. */
export function renderMatrix({ introduction, subject, reasons, whole, broken, checks }: MatrixPage): string {
  const Subjects = `${subject.charAt(0).toUpperCase()}${subject.slice(1)}s`
  return `# Detection matrix

${introduction}

## ${Subjects} without a fault of ours

| ${subject} | what it is | fails | warns |
|---|---|---|---|
${whole.map(line).join('\n')}
${reasons === undefined ? '' : `\n${reasons}\n`}
## ${Subjects} with one fault each (${broken.length})

| ${subject} | what it does | fails | warns |
|---|---|---|---|
${broken.map(line).join('\n')}

## Checks, and the ${subject}s that prove that they can fail or warn

| check | ${subject}s |
|---|---|
${linesOfChecks(checks, broken).join('\n')}
`
}

function line({ name, says, found }: PageRow): string {
  return `| \`${name}\` | ${says.replaceAll('|', '\\|')} | ${code(found.fails)} | ${code(found.warns)} |`
}

function linesOfChecks(checks: Iterable<string>, rows: readonly PageRow[]): readonly string[] {
  return [...checks].toSorted().map((id) => {
    const finders = rows.filter(({ found }) => found.fails.includes(id) || found.warns.includes(id))
    return `| \`${id}\` | ${code(finders.map(({ name }) => name))} |`
  })
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
