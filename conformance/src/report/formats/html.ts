import type { Verdict } from '../../check/verdict.ts'
import { type CheckReport, type Report, summaryLine } from '../report.ts'
import { curlLineOf } from './curl.ts'
import { STYLE } from './html-style.ts'
import { VERDICT_WORDS } from './human.ts'
import { bindingOf, escapeMarkup, linkTo, noStatements, type StatementOf } from './plain-text.ts'

const SECTIONS: readonly { readonly verdict: Verdict; readonly heading: string }[] = [
  { verdict: 'fail', heading: 'Failed' },
  { verdict: 'incomplete', heading: 'Incomplete: these could not be judged' },
  { verdict: 'warn', heading: 'Warnings' },
  { verdict: 'pass', heading: 'Passed' },
  { verdict: 'not-applicable', heading: 'Not applicable' },
]

/** Nothing may run or be loaded, even if a server's text should ever get past the escaping. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** A report as one page that needs nothing else: no script, no file, no font. Failures are open, the rest is folded. */
export function renderHtml(report: Report, statementOf: StatementOf = noStatements): string {
  const target = escapeMarkup(report.target)
  return pageOf(
    `${escapeMarkup(summaryLine(report.summary))}: ${target}`,
    `<h1>${target}</h1>\n${reportParts(report, statementOf, { level: 2, anchor: '' })}`,
  )
}

/** @param title and @param main in HTML */
export function pageOf(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(POLICY)}">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}
</style>
</head>
<body>
<main>
${main}</main>
</body>
</html>
`
}

/** Where a report stands in its page. */
export interface Place {
  /** Level of the headings of its sections. */
  readonly level: 2 | 3
  /** Begins the anchor of every check, to tell targets apart. */
  readonly anchor: string
}

/** What stands below the heading of a report. */
export function reportParts(report: Report, statementOf: StatementOf, place: Place): string {
  const counts = SECTIONS.map(({ verdict }) => count(report, verdict)).join('')
  const sections = SECTIONS.map(({ verdict, heading }) => {
    const checks = report.checks.filter((check) => check.verdict === verdict)
    if (checks.length === 0) return ''
    const parts = checks.map((check) => details(check, statementOf, place)).join('')
    return `<h${place.level}>${heading}</h${place.level}>\n${parts}`
  })
  return `<p class="soft">Examined as an OAuth party by the requirements of MCP ${escapeMarkup(report.spec)}</p>
<ul class="counts">${counts}</ul>
${sections.join('')}`
}

function count(report: Report, verdict: Verdict): string {
  const many = report.checks.filter((check) => check.verdict === verdict).length
  return `<li class="${verdict}"><strong class="tone">${many}</strong> ${VERDICT_WORDS[verdict]}</li>`
}

function details(check: CheckReport, statementOf: StatementOf, { level, anchor }: Place): string {
  const heading = `h${level + 1}`
  const open = check.verdict === 'fail' ? ' open' : ''
  const curl = curlLineOf(check)
  const again =
    curl === undefined ? '' : `<${heading}>Send the last request again</${heading}>\n<pre>${escapeMarkup(curl)}</pre>\n`
  return `<details class="${check.verdict}" id="${escapeMarkup(anchor + check.id)}"${open}>
<summary><span class="tone">${VERDICT_WORDS[check.verdict]}</span> ${escapeMarkup(check.title)}</summary>
<div class="inner">
<dl>
<dt>Found</dt><dd>${escapeMarkup(check.detail)}</dd>
<dt>${bindingOf(check)}</dt><dd>${escapeMarkup(statementOf(check.requirement) ?? check.title)} (<a href="${linkTo(check.source)}">${escapeMarkup(check.requirement)}</a>)</dd>
<dt>To mend it</dt><dd>${escapeMarkup(check.remedy)}</dd>
<dt>Check</dt><dd>${escapeMarkup(check.id)}</dd>
</dl>
${check.evidence.map((each, at) => exchange(each, at + 1, heading)).join('')}${again}</div>
</details>
`
}

function exchange({ request, response }: CheckReport['evidence'][number], number: number, heading: string): string {
  const part = (word: string, text: string): string =>
    `<${heading}>${word} (${number})</${heading}>\n<pre>${escapeMarkup(text)}</pre>\n`
  return part('Sent', request) + part('Came', response)
}
