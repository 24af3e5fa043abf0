import { type CheckReport, type Report, summaryLine } from '../report.ts'
import { bindingOf, escapeMarkup, linkTo, noStatements, onOneLine, type StatementOf } from './plain-text.ts'

/** GitHub cuts a step summary at 1 MiB and then shows none of it. */
export const SUMMARY_CHARACTERS_MAX = 900_000

/**
 * Workflow commands that GitHub shows beside a run: a failure as an error, a warning as one, what could not run as a notice.
 * @param named what a title begins with, to tell targets apart
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderAnnotations(report: Report, named = ''): string {
  const lines = report.checks.flatMap((check) => {
    const kind = KINDS[check.verdict]
    if (kind === undefined) return []
    const text = `${check.title}: ${onOneLine(check.detail)} (${check.requirement}, ${check.source}) To mend it: ${onOneLine(check.remedy)}`
    return [`::${kind} title=${property(`${named}${check.id}: ${check.verdict}`)}::${data(text)}`]
  })
  return lines.map((line) => `${line}\n`).join('')
}

const KINDS: Readonly<Partial<Record<CheckReport['verdict'], string>>> = {
  fail: 'error',
  warn: 'warning',
  incomplete: 'notice',
}

export const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
export const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** Markdown for `$GITHUB_STEP_SUMMARY`: a table of what needs attention, then the evidence, folded. */
export function renderStepSummary(report: Report, statementOf: StatementOf = noStatements): string {
  const { head, table, folded } = partsOfSummary(report, statementOf)
  const text = [...head, ...table, ...folded].join('\n')
  return text.length > SUMMARY_CHARACTERS_MAX ? `${[...head, ...table].join('\n')}\n` : `${text}\n`
}

/** Heading, table of what needs attention, and its evidence, so that what is too long can be left out from the end. */
export function partsOfSummary(report: Report, statementOf: StatementOf) {
  const shown = (['fail', 'incomplete', 'warn'] as const).flatMap((verdict) =>
    report.checks.filter((check) => check.verdict === verdict),
  )
  const head = [`## ${markdown(report.target)}`, '', `MCP ${report.spec}: **${summaryLine(report.summary)}**`, '']
  const table =
    shown.length === 0
      ? []
      : ['| verdict | check | found | requirement |', '| --- | --- | --- | --- |', ...shown.map(row), '']
  return { head, table, folded: shown.map((check) => details(check, statementOf)) }
}

function row(check: CheckReport): string {
  const link = `<a href="${linkTo(check.source)}">${escapeMarkup(check.requirement)}</a>`
  return `| ${check.verdict} | \`${check.id}\` | ${markdown(check.detail)} | ${link} (${bindingOf(check)}) |`
}

/** After an empty line, `pre` begins a block in which nothing is Markdown until its tag ends; a stranger's tags are escaped. */
function details(check: CheckReport, statementOf: StatementOf): string {
  const exchanges = check.evidence.map(
    ({ request, response }) => `\n<pre>${escapeMarkup(`${request}\n\n${response}`).replace(/^\s*$/gm, '&#32;')}</pre>`,
  )
  return [
    `<details><summary><b>${check.verdict}</b> ${escapeMarkup(check.id)}: ${escapeMarkup(check.title)}</summary>`,
    `<p>${escapeMarkup(statementOf(check.requirement) ?? check.title)}</p>`,
    `<p>To mend it: ${escapeMarkup(onOneLine(check.remedy))}</p>`,
    ...exchanges,
    '</details>',
  ].join('\n')
}

/** A stranger's words within a line or a cell: no markup, no link, no mention, no end of the cell. */
export function markdown(text: string): string {
  return onOneLine(text).replace(/[&<>"'\\`*_{}[\]()#+!|~@:$-]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
