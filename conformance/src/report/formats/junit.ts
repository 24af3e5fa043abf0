import { examinedOf, type ManyReport, summariseMany, type UnreachableTarget, unreachableOf } from '../many.ts'
import type { CheckReport, Report } from '../report.ts'
import { escapeMarkup, noStatements, onOneLine, paragraphsOf, type StatementOf } from './plain-text.ts'

/**
 * A report as JUnit's XML: a failed check is a failure, one that could not run an error, one that does not apply is skipped, and a
 * warning is a test that passed with words on its output.
 */
export function renderJunit(report: Report, statementOf: StatementOf = noStatements): string {
  return documentOf(countsOf(report.checks.length, report.summary), testSuite(report.target, report, statementOf))
}

/** One suite a target; one that could not be examined is a suite with an error. */
export function renderJunitOfMany(many: ManyReport, statementOf: StatementOf = noStatements): string {
  const summary = summariseMany(many)
  const silent = unreachableOf(many)
  const tests = examinedOf(many).reduce((sum, { checks }) => sum + checks.length, silent.length)
  const suites = many.targets.flatMap((target) =>
    'unreachable' in target ? silentSuite(target) : testSuite(target.name, target, statementOf),
  )
  return documentOf(countsOf(tests, { ...summary, incomplete: summary.incomplete + silent.length }), suites)
}

function documentOf(counts: string, suites: readonly string[]): string {
  const open = `<testsuites name="sallyport-examine" ${counts}>`
  return ['<?xml version="1.0" encoding="UTF-8"?>', open, ...suites, '</testsuites>', ''].join('\n')
}

function countsOf(tests: number, { fail, incomplete }: Pick<Report['summary'], 'fail' | 'incomplete'>): string {
  return `tests="${tests}" failures="${fail}" errors="${incomplete}"`
}

function testSuite(name: string, report: Report, statementOf: StatementOf): readonly string[] {
  const counts = countsOf(report.checks.length, report.summary)
  return [
    `  <testsuite name="${escapeMarkup(onOneLine(name))}" ${counts} skipped="${report.summary.notApplicable}">`,
    `    <properties><property name="spec" value="${escapeMarkup(report.spec)}"/></properties>`,
    ...report.checks.map((check) => testCase(check, statementOf)),
    '  </testsuite>',
  ]
}

function silentSuite({ name, unreachable }: UnreachableTarget): readonly string[] {
  return [
    `  <testsuite name="${escapeMarkup(onOneLine(name))}" tests="1" failures="0" errors="1" skipped="0">`,
    '    <testcase classname="sallyport-examine" name="reachable">',
    `      <error type="unreachable" message="${escapeMarkup(onOneLine(unreachable))}"/>`,
    '    </testcase>',
    '  </testsuite>',
  ]
}

function testCase(check: CheckReport, statementOf: StatementOf): string {
  const open = `    <testcase classname="${escapeMarkup(check.requirement)}" name="${escapeMarkup(check.id)}"`
  const inner = outcome(check, statementOf)
  return inner === '' ? `${open}/>` : `${open}>\n      ${inner}\n    </testcase>`
}

function outcome(check: CheckReport, statementOf: StatementOf): string {
  const message = `message="${escapeMarkup(onOneLine(check.detail))}"`
  const text = escapeMarkup(longText(check, statementOf))
  switch (check.verdict) {
    case 'pass':
      return ''
    case 'fail':
      return `<failure type="${check.level}" ${message}>${text}</failure>`
    case 'incomplete':
      return `<error type="incomplete" ${message}>${text}</error>`
    case 'not-applicable':
      return `<skipped ${message}/>`
    case 'warn':
      return `<system-out>${escapeMarkup(`WARNING: ${check.title}\n`)}${text}</system-out>`
    default:
      return check.verdict satisfies never
  }
}

function longText(check: CheckReport, statementOf: StatementOf): string {
  const exchanges = check.evidence.map(({ request, response }) => `--- sent\n${request}\n--- came\n${response}`)
  return [...paragraphsOf(check, statementOf), ...exchanges].join('\n')
}
