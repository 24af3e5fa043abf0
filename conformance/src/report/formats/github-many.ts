import { type ManyReport, summariseMany, type TargetReport } from '../many.ts'
import { summaryLine } from '../report.ts'
import { data, markdown, partsOfSummary, property, renderAnnotations, SUMMARY_CHARACTERS_MAX } from './github.ts'
import { noStatements, onOneLine, type StatementOf } from './plain-text.ts'

/** Workflow commands as for one target, each titled with the name of its target. */
export function renderAnnotationsOfMany({ targets }: ManyReport): string {
  return targets
    .map((target) =>
      'unreachable' in target
        ? `::error title=${property(`${target.name}: unreachable`)}::${data(onOneLine(target.unreachable))}\n`
        : renderAnnotations(target, `${target.name}: `),
    )
    .join('')
}

/** Markdown for `$GITHUB_STEP_SUMMARY`: a table of the targets, then each of them as far as there is room. */
export function renderStepSummaryOfMany(many: ManyReport, statementOf: StatementOf = noStatements): string {
  const index = [
    `## ${many.targets.length} targets`,
    '',
    `**${summaryLine(summariseMany(many))}**`,
    '',
    '| target | result |',
    '| --- | --- |',
    ...many.targets.map((target) => `| ${markdown(target.name)} | ${resultOf(target)} |`),
    '',
  ]
  const parts = many.targets.flatMap((target) => ('unreachable' in target ? [] : [partsOfSummary(target, statementOf)]))
  const tables = parts.flatMap(({ head, table }) => [...head, ...table])
  const all = parts.flatMap(({ head, table, folded }) => [...head, ...table, ...folded])
  const texts = [[...index, ...all], [...index, ...tables], index].map((lines) => `${lines.join('\n')}\n`)
  return texts.find((text) => text.length <= SUMMARY_CHARACTERS_MAX) ?? ''
}

function resultOf(target: TargetReport): string {
  return 'unreachable' in target ? `unreachable: ${markdown(target.unreachable)}` : summaryLine(target.summary)
}
