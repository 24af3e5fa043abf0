import type { Check, Permission } from '../check/check.ts'
import { type Finding, incomplete, notApplicable } from '../check/finding.ts'
import { judgeFinding } from '../check/verdict.ts'
import type { Revision } from '../mcp/revision.ts'
import { redactExchanges } from '../report/redaction.ts'
import type { CheckReport } from '../report/report.ts'
import type { Requirement } from '../requirements/requirement.ts'
import { BURST_OF_TWO, BURST_UNDER_STRESS, BudgetSpentError } from '../wire/pace.ts'
import { Unanswered, type Wire } from '../wire/wire.ts'

/** @typeParam Recorder keeps the exchanges of one check, which are its evidence */
export interface RunChecks<Subject, Recorder extends Pick<Wire, 'exchanges'> = Wire> {
  readonly checks: readonly Check<Subject>[]
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly revision: Revision
  readonly permissions: ReadonlySet<Permission>
  /** The subject as one check sees it: everything it sends goes over this wire. */
  readonly subjectFor: (wire: Recorder) => Subject | Promise<Subject>
  readonly openWire: (burstMost: number) => Recorder
  /** Credentials of the run, which no report may show even where a server echoes them. */
  readonly secrets?: () => readonly string[]
  readonly onResult?: (result: CheckReport, done: number, all: number) => void
}

/** The revision has none of the requirements that were selected: a run that asks nothing must not pass. */
export class NothingAskedError extends Error {
  override readonly name = 'NothingAskedError'
}

/**
 * Runs every check that the revision asks for, in their order.
 * @throws NothingAskedError where it asks for none
 */
export async function runChecks<Subject, Recorder extends Pick<Wire, 'exchanges'>>(
  run: RunChecks<Subject, Recorder>,
): Promise<readonly CheckReport[]> {
  const asked = run.checks.flatMap((check) => {
    const requirement = run.requirements.get(check.requirement)
    const level = requirement?.levels[run.revision]
    return requirement === undefined || level === undefined ? [] : [{ check, requirement, level }]
  })
  if (asked.length === 0) {
    const ids = run.checks.map(({ id }) => id).join(', ')
    throw new NothingAskedError(`MCP ${run.revision} asks for nothing that was selected: ${ids}`)
  }
  const results: CheckReport[] = []
  for (const { check, requirement, level } of asked) {
    const wire = run.openWire(check.permission === 'stress' ? BURST_UNDER_STRESS : BURST_OF_TWO)
    const finding = await findingOf(check, run, wire)
    const redaction = redactExchanges(wire.exchanges, run.secrets?.())
    const result: CheckReport = {
      id: check.id,
      title: check.title,
      level,
      verdict: judgeFinding(finding, level),
      requirement: requirement.id,
      source: requirement.source,
      detail: redaction.text(finding.detail),
      remedy: check.remedies.general,
      evidence: redaction.evidence,
    }
    results.push(result)
    run.onResult?.(result, results.length, asked.length)
  }
  return results
}

async function findingOf<Subject, Recorder extends Pick<Wire, 'exchanges'>>(
  check: Check<Subject>,
  run: RunChecks<Subject, Recorder>,
  wire: Recorder,
): Promise<Finding> {
  if (check.permission !== undefined && !run.permissions.has(check.permission)) {
    return notApplicable(`it was not asked for: it needs ${FLAG_OF[check.permission]}`)
  }
  try {
    return await check.run(await run.subjectFor(wire))
  } catch (error) {
    if (error instanceof Unanswered || error instanceof BudgetSpentError) return incomplete(error.message)
    // One broken check must not take the findings of the others with it, nor accuse the subject.
    return incomplete(`the check itself broke: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const FLAG_OF: Readonly<Record<Permission, string>> = {
  slow: '--slow',
  stress: '--stress',
  effects: '--allow-effects',
}
