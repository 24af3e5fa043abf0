import type { Verdict } from '../../check/verdict.ts'
import { examinedOf, type ManyReport, type TargetReport } from '../many.ts'
import type { CheckReport } from '../report.ts'
import { VERDICT_WORDS } from './human.ts'
import { escapeMarkup, type StatementOf } from './plain-text.ts'

/** Where the report of a target begins; its checks have anchors that begin with it. */
export const anchorOf = (at: number): string => `target-${at + 1}`

/** A requirement with several checks is as good as the worst of them. */
const WORST_FIRST: readonly Verdict[] = ['fail', 'incomplete', 'warn', 'pass', 'not-applicable']

/** A table of requirements by targets, in a box of its own that scrolls. Each verdict leads to the check that gave it. */
export function renderIndex(many: ManyReport, statementOf: StatementOf): string {
  const { targets } = many
  const ids = [...new Set(examinedOf(many).flatMap(({ checks }) => checks.map(({ requirement }) => requirement)))]
  const heads = targets.map(
    ({ name }, at) => `<th scope="col"><a href="#${anchorOf(at)}">${escapeMarkup(name)}</a></th>`,
  )
  const rows = ids.toSorted().map((id) => {
    const statement = statementOf(id)
    const words = statement === undefined ? '' : `<br>${escapeMarkup(statement)}`
    const cells = targets.map((target, at) => cell(target, at, id)).join('')
    return `<tr><th scope="row"><strong>${escapeMarkup(id)}</strong>${words}</th>${cells}</tr>\n`
  })
  return `<div class="scroll" role="region" aria-labelledby="index" tabindex="0">
<table>
<caption id="index">What each target makes of each requirement; the worst of its checks counts</caption>
<thead><tr><th scope="col">Requirement</th>${heads.join('')}</tr></thead>
<tbody>
${rows.join('')}</tbody>
</table>
</div>
`
}

function cell(target: TargetReport, at: number, requirement: string): string {
  if ('unreachable' in target) return link('unreachable', anchorOf(at), 'unreachable')
  const check = worstOf(target.checks.filter((each) => each.requirement === requirement))
  if (check === undefined) return '<td class="soft">not asked</td>'
  return link(check.verdict, `${anchorOf(at)}-${check.id}`, VERDICT_WORDS[check.verdict])
}

function link(tone: string, anchor: string, word: string): string {
  return `<td class="${tone}"><a href="#${escapeMarkup(anchor)}">${word}</a></td>`
}

function worstOf(checks: readonly CheckReport[]): CheckReport | undefined {
  return WORST_FIRST.map((verdict) => checks.find((check) => check.verdict === verdict)).find(
    (check) => check !== undefined,
  )
}
