import type { CheckReport, Report } from '../report.ts'
import { escapeMarkup, noStatements, onOneLine, paragraphsOf, type StatementOf } from './plain-text.ts'

/**
 * A report as JUnit's XML: a failed check is a failure, one that could not run an error, one that does not apply is skipped, and a
 * warning is a test that passed with words on its output.
 */
export function renderJunit(report: Report, statementOf: StatementOf = noStatements): string {
  const { fail, incomplete, notApplicable } = report.summary
  const counts = `tests="${report.checks.length}" failures="${fail}" errors="${incomplete}"`
  const name = escapeMarkup(onOneLine(report.target))
  const cases = report.checks.map((check) => testCase(check, statementOf))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sallyport-examine" ${counts}>`,
    `  <testsuite name="${name}" ${counts} skipped="${notApplicable}">`,
    `    <properties><property name="spec" value="${escapeMarkup(report.spec)}"/></properties>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
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
