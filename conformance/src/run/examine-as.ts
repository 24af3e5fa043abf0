import { createEvidenceWire, createRelay, type EvidenceWire } from '../as/evidence-wire.ts'
import { type MeetAuthorizationServer, meetAuthorizationServer } from '../as/meet-authorization-server.ts'
import type { AuthorizationServerSubject } from '../as/subject.ts'
import type { Check, Permission } from '../check/check.ts'
import type { Revision } from '../mcp/revision.ts'
import { secretsOfClient } from '../oauth/authorization-server.ts'
import { type CheckReport, type Report, summarise } from '../report/report.ts'
import type { Requirement } from '../requirements/requirement.ts'
import { BudgetSpentError, createPace } from '../wire/pace.ts'
import { createWires, Unanswered } from '../wire/wire.ts'
import { type RunLimits, UnreachableError } from './examine-server.ts'
import { runChecks } from './run-checks.ts'

/** One examination of one authorization server. */
export interface ExamineAuthorizationServer extends MeetAuthorizationServer {
  readonly spec: Revision
  readonly permissions: ReadonlySet<Permission>
  readonly checks: readonly Check<AuthorizationServerSubject>[]
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly limits: RunLimits
  readonly userAgent: string
  readonly onResult?: (result: CheckReport, done: number, all: number) => void
}

/**
 * Examines one authorization server.
 * @throws UnreachableError when it does not answer at all
 */
export async function examineAuthorizationServer(options: ExamineAuthorizationServer): Promise<Report> {
  const { limits, userAgent, issuer, spec } = options
  const pace = createPace({ requestsPerSecond: limits.requestsPerSecond, budget: limits.budget })
  const wires = createWires({ pace, timeoutMs: limits.timeoutMs, userAgent })
  const secrets = secretsOf(options)
  const relay = createRelay(createEvidenceWire(wires.open()))
  try {
    const facts = await meetAuthorizationServer(relay, options)
    const checks = await runChecks<AuthorizationServerSubject, EvidenceWire>({
      checks: options.checks,
      requirements: options.requirements,
      revision: spec,
      permissions: options.permissions,
      openWire: (burst) => createEvidenceWire(wires.open(burst)),
      secrets: () => secrets,
      subjectFor(wire) {
        relay.handTo(wire)
        return { ...facts, wire }
      },
      ...(options.onResult === undefined ? {} : { onResult: options.onResult }),
    })
    return { target: issuer, spec, summary: summarise(checks), checks }
  } catch (error) {
    if (error instanceof Unanswered || error instanceof BudgetSpentError) throw new UnreachableError(error.message)
    throw error
  } finally {
    await wires.close()
  }
}

/** What the operator lent: no report shows it, even where a server echoes it. */
function secretsOf({ person, client, otherClient, exchange }: ExamineAuthorizationServer): readonly string[] {
  const clients = [client, otherClient, exchange?.client].filter((each) => each !== undefined)
  return [...(person === undefined ? [] : [person.password]), ...clients.flatMap(secretsOfClient)]
}
