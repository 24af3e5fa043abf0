import type { Verdict } from '../../check/verdict.ts'
import { examinedOf, type ManyReport, type TargetReport } from '../many.ts'
import type { CheckReport } from '../report.ts'
import { VERDICT_WORDS } from './human.ts'
import { escapeMarkup, type StatementOf } from './plain-text.ts'

/** Where the report of a target begins; its checks have anchors that begin with it. */
export const anchorOf = (at: number): string => `target-${at + 1}`

/** A requirement with several checks is as good as the worst of them. */
const WORST_FIRST: readonly Verdict[] = ['fail', 'incomplete', 'warn', 'pass', 'not-applicable']
/** From here on nothing needs attention. */
const FIRST_PEACEFUL = WORST_FIRST.indexOf('pass')

/** A table of requirements by targets, in a box of its own that scrolls. Each verdict leads to the check that gave it. */
export function renderIndex(many: ManyReport, statementOf: StatementOf): string {
  const heads = many.targets.map(head).join('')
  const rows = requirementsOf(many).map((id) => {
    const cells = many.targets.map((target, at) => cell(target, at, id)).join('')
    const words = escapeMarkup(statementOf(id) ?? '')
    return `<tr><th scope="row"><strong>${escapeMarkup(id)}</strong> <span>${words}</span></th>${cells}</tr>\n`
  })
  return `<h2 id="index">Which requirement holds where</h2>
<p class="soft">Of several checks of a requirement the worst counts.</p>
<div class="scroll" role="region" aria-labelledby="index" tabindex="0">
<table>
<thead><tr><th scope="col">Requirement</th>${heads}</tr></thead>
<tbody>
${rows.join('')}</tbody>
</table>
</div>
`
}

/** Those that fail anywhere first, as everywhere in a report; then by their ids. */
function requirementsOf(many: ManyReport): readonly string[] {
  const checks = examinedOf(many).flatMap((target) => target.checks)
  const ids = [...new Set(checks.map(({ requirement }) => requirement))].toSorted()
  const rank = (id: string): number => {
    const worst = worstOf(checks.filter(({ requirement }) => requirement === id))
    return worst === undefined ? WORST_FIRST.length : Math.min(WORST_FIRST.indexOf(worst.verdict), FIRST_PEACEFUL)
  }
  return ids.toSorted((a, b) => rank(a) - rank(b))
}

function head(target: TargetReport, at: number): string {
  const result =
    'unreachable' in target ? 'unreachable' : `${target.summary.fail} failed, ${target.summary.warn} warned`
  return `<th scope="col"><a href="#${anchorOf(at)}">${escapeMarkup(target.name)}</a><span class="soft">${result}</span></th>`
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
