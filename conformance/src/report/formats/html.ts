import type { Verdict } from '../../check/verdict.ts'
import { type CheckReport, type Report, summaryLine } from '../report.ts'
import { curlOf } from './curl.ts'
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
  const sections = SECTIONS.map(({ verdict, heading }) => section(report, verdict, heading, statementOf))
  const target = escapeMarkup(report.target)
  const counts = SECTIONS.map(({ verdict }) => count(report, verdict)).join('')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(POLICY)}">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(summaryLine(report.summary))}: ${target}</title>
<style>${STYLE}
</style>
</head>
<body>
<main>
<h1>${target}</h1>
<p class="soft">Examined as an OAuth party by the requirements of MCP ${escapeMarkup(report.spec)}</p>
<ul class="counts">${counts}</ul>
${sections.join('')}</main>
</body>
</html>
`
}

function count(report: Report, verdict: Verdict): string {
  const many = report.checks.filter((check) => check.verdict === verdict).length
  return `<li class="${verdict}"><strong class="tone">${many}</strong> ${VERDICT_WORDS[verdict]}</li>`
}

function section(report: Report, verdict: Verdict, heading: string, statementOf: StatementOf): string {
  const checks = report.checks.filter((check) => check.verdict === verdict)
  if (checks.length === 0) return ''
  return `<h2>${heading}</h2>\n${checks.map((check) => details(check, statementOf)).join('')}`
}

function details(check: CheckReport, statementOf: StatementOf): string {
  const open = check.verdict === 'fail' ? ' open' : ''
  const curl = check.evidence.map(curlOf).findLast((line) => line !== undefined)
  const again = curl === undefined ? '' : `<h3>Send the last request again</h3>\n<pre>${escapeMarkup(curl)}</pre>\n`
  return `<details class="${check.verdict}" id="${escapeMarkup(check.id)}"${open}>
<summary><span class="tone">${VERDICT_WORDS[check.verdict]}</span> ${escapeMarkup(check.title)}</summary>
<div class="inner">
<dl>
<dt>Found</dt><dd>${escapeMarkup(check.detail)}</dd>
<dt>${bindingOf(check)}</dt><dd>${escapeMarkup(statementOf(check.requirement) ?? check.title)} (<a href="${linkTo(check.source)}">${escapeMarkup(check.requirement)}</a>)</dd>
<dt>To mend it</dt><dd>${escapeMarkup(check.remedy)}</dd>
<dt>Check</dt><dd>${escapeMarkup(check.id)}</dd>
</dl>
${check.evidence.map(exchange).join('')}${again}</div>
</details>
`
}

function exchange({ request, response }: CheckReport['evidence'][number], at: number): string {
  return `<h3>Sent (${at + 1})</h3>\n<pre>${escapeMarkup(request)}</pre>\n<h3>Came (${at + 1})</h3>\n<pre>${escapeMarkup(response)}</pre>\n`
}
