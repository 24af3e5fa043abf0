import { type ManyReport, summariseMany, type TargetReport } from '../many.ts'
import { summaryLine } from '../report.ts'
import { pageOf, reportParts } from './html.ts'
import { anchorOf, renderIndex } from './html-index.ts'
import { escapeMarkup, noStatements, type StatementOf } from './plain-text.ts'

/** Many targets as one page: which requirement holds where, then the report of each. */
export function renderHtmlOfMany(many: ManyReport, statementOf: StatementOf = noStatements): string {
  const line = escapeMarkup(summaryLine(summariseMany(many)))
  const sections = many.targets.map((target, at) => section(target, at, statementOf))
  return pageOf(
    `${line}: ${many.targets.length} targets`,
    `<h1>${many.targets.length} targets</h1>
<p class="soft">Examined as OAuth parties. In all: ${line}.</p>
${renderIndex(many, statementOf)}${sections.join('')}`,
  )
}

function section(target: TargetReport, at: number, statementOf: StatementOf): string {
  const anchor = anchorOf(at)
  const body =
    'unreachable' in target
      ? `<p class="unreachable"><span class="tone">unreachable</span> ${escapeMarkup(target.unreachable)}</p>\n`
      : reportParts(target, statementOf, { level: 3, anchor: `${anchor}-` })
  return `<section class="target" id="${anchor}" aria-labelledby="${anchor}-name">
<h2 id="${anchor}-name">${escapeMarkup(target.name)}</h2>
<p class="soft">${escapeMarkup(target.target)}</p>
${body}</section>
`
}
