import type { ManyReport, UnreachableTarget } from '../many.ts'
import type { CheckReport, Report } from '../report.ts'
import { noStatements, onOneLine, paragraphsOf, printable, type StatementOf } from './plain-text.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

export interface SarifOptions {
  /** Version of the examiner. */
  readonly version: string
  readonly statementOf?: StatementOf
}

/**
 * A report as SARIF 2.1.0. Failures and warnings are results; what could not run is a notification, because it says nothing of the
 * server; the rest is told by the rules alone, since some readers make an alarm of any result.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif(report: Report, options: SarifOptions): string {
  return logOf([runOf(report, report.target, options)])
}

/** One run a target; one that could not be examined is a run that did not succeed. */
export function renderSarifOfMany({ targets }: ManyReport, options: SarifOptions): string {
  return logOf(
    targets.map((target) =>
      'unreachable' in target ? silentRunOf(target, options) : runOf(target, target.name, options),
    ),
  )
}

function logOf(runs: readonly object[]): string {
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs }, undefined, 2)}\n`
}

const driverOf = (version: string): object => ({ name: 'sallyport-examine', version })

const detailsOf = (name: string): object => ({ id: `sallyport-examine/${printable(name)}/` })

function silentRunOf({ name, unreachable }: UnreachableTarget, { version }: SarifOptions): object {
  const notification = { level: 'error', message: { text: onOneLine(unreachable) } }
  return {
    tool: { driver: driverOf(version) },
    automationDetails: detailsOf(name),
    invocations: [{ executionSuccessful: false, toolExecutionNotifications: [notification] }],
    results: [],
  }
}

/** @param name by which later runs of the same target are recognised */
function runOf(report: Report, name: string, { version, statementOf = noStatements }: SarifOptions): object {
  const rules = report.checks.map((check) => ruleOf(check, statementOf))
  const results = report.checks.flatMap((check, ruleIndex) =>
    check.verdict === 'fail' || check.verdict === 'warn' ? [resultOf(check, ruleIndex, report.target)] : [],
  )
  const notifications = report.checks.flatMap((check, index) =>
    check.verdict === 'incomplete' ? [notificationOf(check, index)] : [],
  )
  return {
    tool: { driver: { ...driverOf(version), rules } },
    automationDetails: detailsOf(name),
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
    properties: { spec: report.spec, summary: report.summary },
    results,
  }
}

function ruleOf(check: CheckReport, statementOf: StatementOf): Readonly<Record<string, unknown>> {
  return {
    id: check.id,
    shortDescription: { text: check.title },
    fullDescription: { text: statementOf(check.requirement) ?? check.title },
    helpUri: check.source,
    help: { text: `${check.requirement}. To mend it: ${onOneLine(check.remedy)}` },
    defaultConfiguration: { level: check.level === 'must' ? 'error' : 'warning' },
    properties: { requirement: check.requirement, level: check.level, tags: ['security', 'mcp', 'oauth'] },
  }
}

function resultOf(check: CheckReport, ruleIndex: number, target: string): Readonly<Record<string, unknown>> {
  const [found = '', ...rest] = paragraphsOf(check, noStatements)
  return {
    ruleId: check.id,
    ruleIndex,
    level: check.verdict === 'fail' ? 'error' : 'warning',
    message: { text: [`${check.title}. ${found}`, ...rest].join('\n') },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(printable(target).toWellFormed()) } },
        logicalLocations: [{ fullyQualifiedName: printable(target), kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'check/v1': check.id },
    properties: {
      evidence: check.evidence.map(({ request, response }) => ({
        request: printable(request),
        response: printable(response),
      })),
    },
  }
}

function notificationOf(check: CheckReport, index: number): Readonly<Record<string, unknown>> {
  return {
    level: 'warning',
    associatedRule: { id: check.id, index },
    message: { text: `${check.title}: incomplete. ${onOneLine(check.detail)}` },
  }
}
