import { styleText } from 'node:util'
import type { Verdict } from '../../check/verdict.ts'
import { examinedOf, type ManyReport, summariseMany, unreachableOf } from '../many.ts'
import { type CheckReport, type Report, summaryLine } from '../report.ts'
import { curlLineOf } from './curl.ts'
import { bindingOf, noStatements, onOneLine, printable, type StatementOf } from './plain-text.ts'

/** In this order: what is broken, what is unknown, what is soft. The rest is counted. */
const SHOWN = ['fail', 'incomplete', 'warn'] as const
const HEADINGS = { fail: 'FAIL', incomplete: 'INCOMPLETE', warn: 'WARN' } as const
const COLOURS = { fail: 'red', incomplete: 'magenta', warn: 'yellow' } as const
const EVIDENCE_LINES_MAX = 24
/** Exchanges of one check: the last ones are those that decided. */
const EXCHANGES_MAX = 2

export interface HumanOptions {
  /** Where it will be written: colours as that terminal and NO_COLOR want them. Without it there are none. */
  readonly stream?: NodeJS.WritableStream | undefined
  readonly statementOf?: StatementOf | undefined
}

type Paint = (colour: 'red' | 'magenta' | 'yellow' | 'bold' | 'dim', text: string) => string

/**
 * A report for who reads a terminal: failures first, each with all that is needed to believe and to mend it.
 * @returns lines; the last is the count of every verdict
 */
export function renderHuman(report: Report, options: HumanOptions = {}): string {
  const paint = paintFor(options)
  return `${[...blockOf(titleOf(report), report, paint, options), summaryLine(report.summary)].join('\n\n')}\n`
}

/** One block a target, those that were not examined last; the last line counts for all of them. */
export function renderHumanOfMany(many: ManyReport, options: HumanOptions = {}): string {
  const paint = paintFor(options)
  const blocks = examinedOf(many).map((report) => {
    const title = `${titleOf(report)} (${breakCommands(onOneLine(report.name))})`
    return [...blockOf(title, report, paint, options), summaryLine(report.summary)].join('\n\n')
  })
  const silent = unreachableOf(many).map(({ name, unreachable }) =>
    breakCommands(`${paint('magenta', 'UNREACHABLE')} ${paint('bold', onOneLine(name))}: ${onOneLine(unreachable)}`),
  )
  const all = `${many.targets.length} targets, ${silent.length} of them unreachable:\n${summaryLine(summariseMany(many))}`
  return `${[...blocks, ...silent, all].join('\n\n')}\n`
}

function paintFor({ stream }: HumanOptions): Paint {
  return (colour, text) => (stream === undefined ? text : styleText(colour, text, { stream }))
}

const titleOf = ({ target, spec }: Report): string => `${breakCommands(onOneLine(target))}, judged by MCP ${spec}`

function blockOf(
  title: string,
  report: Report,
  paint: Paint,
  { statementOf = noStatements }: HumanOptions,
): readonly string[] {
  const shown = SHOWN.flatMap((verdict) =>
    report.checks
      .filter((check) => check.verdict === verdict)
      .map((check) => describe(check, verdict, paint, statementOf)),
  )
  const passed = report.checks.filter(({ verdict }) => verdict === 'pass').length
  const skipped = report.checks.filter(({ verdict }) => verdict === 'not-applicable').length
  const rest = `Not shown: ${passed} that passed and ${skipped} that do not apply; --json has them with their evidence.`
  return [paint('bold', title), ...shown, paint('dim', rest)]
}

function describe(check: CheckReport, verdict: keyof typeof HEADINGS, paint: Paint, statementOf: StatementOf): string {
  const decisive = check.evidence.slice(-EXCHANGES_MAX)
  const left = check.evidence.length - decisive.length
  const curl = curlLineOf(check)
  const heading = `${paint(COLOURS[verdict], HEADINGS[verdict])} ${paint('bold', check.id)}: ${check.title}`
  return [
    heading,
    field('found', check.detail),
    field('asked', `${bindingOf(check)}, ${check.requirement}: ${statementOf(check.requirement) ?? check.title}`),
    field('source', check.source),
    field('mend', check.remedy),
    ...(left > 0 ? [field('before', `${left} more of this check: --json has them`)] : []),
    ...decisive.flatMap(({ request, response }) => [
      ...block('sent', request, paint),
      ...block('came', response, paint),
    ]),
    ...(curl === undefined ? [] : [field('again', breakCommands(curl.replaceAll('\n', ' ')))]),
  ].join('\n')
}

const field = (name: string, text: string): string => `  ${name.padEnd(7)}${breakCommands(onOneLine(text))}`

/** A bar before each line of a stranger: CI systems take a line that begins with :: or ##[ as a command, blanks before it or not. */
function block(name: string, text: string, paint: Paint): readonly string[] {
  const lines = printable(text).split('\n')
  const kept = lines.slice(0, EVIDENCE_LINES_MAX)
  const cut = lines.length > kept.length ? [`… ${lines.length - kept.length} more lines`] : []
  return [...kept, ...cut].map(
    (line, at) => `  ${(at === 0 ? name : '').padEnd(7)}${paint('dim', `│ ${breakCommands(line)}`)}`,
  )
}

const breakCommands = (line: string): string => line.replaceAll('##[', '# #[').replaceAll('##vso', '# #vso')

/** One word for a verdict, as lists of checks show it. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  fail: 'failed',
  warn: 'warned',
  'not-applicable': 'not applicable',
  incomplete: 'incomplete',
}
